package io.tracery.search.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.MultiBits;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** The names that stand in an index: terms with at least one document that is not deleted. */
final class TermLists {

    /** A mesh has fewer names than that; one that puts ids into span names must not fill the memory of its reader. */
    private static final int MAX_NAMES = 20_000;

    /** And fewer of these, which stand once for each name and duration. */
    private static final int MAX_CALLS = 1_000_000;

    private TermLists() {}

    /** Something that is done with a term, until it says that it is enough. */
    private interface Use {
        boolean goOnAfter(BytesRef term, TermsEnum at) throws IOException;
    }

    static List<String> services(IndexReader reader) throws IOException {
        Bits live = MultiBits.getLiveDocs(reader);
        List<String> names = new ArrayList<>();
        each(reader, Fields.SERVICE, "", (term, at) -> {
            if (isLive(at, live)) {
                names.add(term.utf8ToString());
            }
            return names.size() < MAX_NAMES;
        });
        return names;
    }

    static List<Operation> operations(IndexReader reader, String service) throws IOException {
        Bits live = MultiBits.getLiveDocs(reader);
        TreeSet<Operation> operations = new TreeSet<>();
        each(reader, Fields.CALL, CallTerm.prefix(service), (term, at) -> {
            CallTerm call = CallTerm.parse(term.utf8ToString());
            Operation operation = new Operation(call.operation(), call.kind());
            if (!operations.contains(operation) && isLive(at, live)) {
                operations.add(operation);
            }
            return operations.size() < MAX_NAMES;
        });
        return List.copyOf(operations);
    }

    /** The terms of all calls that may meet a query's service, operation and duration. */
    static List<BytesRef> calls(IndexReader reader, TraceQuery query) throws IOException {
        String service = query.service();
        String operation = query.operation();
        String prefix = service == null
                ? ""
                : operation == null ? CallTerm.prefix(service) : CallTerm.prefix(service, operation);
        String wanted = operation == null ? null : Fields.term(operation);
        List<BytesRef> terms = new ArrayList<>();
        each(reader, Fields.CALL, prefix, (term, at) -> {
            CallTerm call = CallTerm.parse(term.utf8ToString());
            if ((wanted == null || wanted.equals(call.operation())) && call.mayLast(query.duration())) {
                terms.add(BytesRef.deepCopyOf(term));
            }
            return terms.size() < MAX_CALLS;
        });
        return terms;
    }

    private static void each(IndexReader reader, String field, String prefix, Use use) throws IOException {
        Terms terms = MultiTerms.getTerms(reader, field);
        if (terms == null) {
            return;
        }
        TermsEnum at = terms.iterator();
        BytesRef first = new BytesRef(prefix);
        if (at.seekCeil(first) == TermsEnum.SeekStatus.END) {
            return;
        }
        BytesRef term = at.term();
        while (term != null && org.apache.lucene.util.StringHelper.startsWith(term, first) && use.goOnAfter(term, at)) {
            term = at.next();
        }
    }

    private static boolean isLive(TermsEnum term, @Nullable Bits live) throws IOException {
        PostingsEnum documents = term.postings(null, PostingsEnum.NONE);
        for (int doc = documents.nextDoc(); doc != PostingsEnum.NO_MORE_DOCS; doc = documents.nextDoc()) {
            if (live == null || live.get(doc)) {
                return true;
            }
        }
        return false;
    }
}
