import { z } from 'zod';

// Else zod would try to make code of strings, which the pages' content security policy forbids and reports.
z.config({ jitless: true });

export { z };
