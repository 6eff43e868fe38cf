package io.tracery.search.store;

import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.BytesTermAttribute;
import org.apache.lucene.util.BytesRef;

/** Terms that are there already, for a field that has many of them; used again for one document after the other. */
final class TermStream extends TokenStream {

    private final BytesTermAttribute attribute = addAttribute(BytesTermAttribute.class);
    private final BytesRef term = new BytesRef();
    private Terms terms = Terms.NONE;
    private int next;

    void over(Terms document) {
        terms = document;
        next = 0;
    }

    @Override
    public boolean incrementToken() {
        if (next == terms.count()) {
            return false;
        }
        clearAttributes();
        terms.at(next++, term);
        attribute.setBytesRef(term);
        return true;
    }
}
