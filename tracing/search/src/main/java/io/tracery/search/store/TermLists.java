package io.tracery.search.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.MultiBits;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;

/** The names that stand in an index: terms with at least one document that is not deleted. */
final class TermLists {

    /** A mesh has fewer names than that; one that puts ids into span names must not fill the memory of its reader. */
    private static final int MAX_NAMES = 20_000;

    private TermLists() {}

    static List<String> services(IndexReader reader) throws IOException {
        return live(reader, Fields.SERVICE, "");
    }

    static List<Operation> operations(IndexReader reader, String service) throws IOException {
        String prefix = Fields.serviceOperationPrefix(service);
        List<Operation> operations = new ArrayList<>();
        for (String term : live(reader, Fields.SERVICE_OPERATION, prefix)) {
            int kindAt = prefix.length();
            Kind kind = Kind.coded(term.charAt(kindAt));
            operations.add(new Operation(term.substring(kindAt + 2), kind));
        }
        Collections.sort(operations);
        return operations;
    }

    private static List<String> live(IndexReader reader, String field, String prefix) throws IOException {
        List<String> names = new ArrayList<>();
        Terms terms = MultiTerms.getTerms(reader, field);
        if (terms == null) {
            return names;
        }
        Bits liveDocs = MultiBits.getLiveDocs(reader);
        TermsEnum each = terms.iterator();
        if (each.seekCeil(new BytesRef(prefix)) == TermsEnum.SeekStatus.END) {
            return names;
        }
        PostingsEnum reused = null;
        for (BytesRef term = each.term(); term != null && names.size() < MAX_NAMES; term = each.next()) {
            String name = term.utf8ToString();
            if (!name.startsWith(prefix)) {
                break;
            }
            reused = each.postings(reused, PostingsEnum.NONE);
            if (hasLiveDocument(reused, liveDocs)) {
                names.add(name);
            }
        }
        return names;
    }

    private static boolean hasLiveDocument(PostingsEnum documents, @org.jspecify.annotations.Nullable Bits liveDocs)
            throws IOException {
        for (int doc = documents.nextDoc(); doc != PostingsEnum.NO_MORE_DOCS; doc = documents.nextDoc()) {
            if (liveDocs == null || liveDocs.get(doc)) {
                return true;
            }
        }
        return false;
    }
}
