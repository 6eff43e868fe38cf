/** Which endpoint gets the next request, and how often one may be tried again. */
@NullMarked
package io.tracery.proxy.balance;

import org.jspecify.annotations.NullMarked;
