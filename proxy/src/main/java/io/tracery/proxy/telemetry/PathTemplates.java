package io.tracery.proxy.telemetry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What kinds of paths each service has, learned from those that were answered: {@code /users/{id}} for {@code /users/7}. A segment that
 * looks like an id (numbers, UUIDs, hashes, long tokens) is one at once; where a place in the path has had too many different
 * segments, all of them are ids from then on. Bounded, and the same paths in the same order lead to the same templates.
 * Confined to one event loop.
 */
public final class PathTemplates {

    /** Different words in one place of a path; the next one makes all of them ids. */
    static final int MOST_WORDS = 24;

    /** Places in all paths of all services; when there are so many, nothing new is learned. */
    static final int MOST_PLACES = 1024;

    /** Services that are told apart; the paths of all further ones are taken for one service's. */
    static final int MOST_SERVICES = 128;

    /** Segments; what comes behind is {@code {rest}}. */
    static final int MOST_SEGMENTS = 10;

    private static final String ID = "{id}";
    private static final String REST = "{rest}";
    private static final int LONGEST_WORD = 64;

    /** A power of two. */
    private static final int REMEMBERED = 256;

    private static final int LONGEST_REMEMBERED = 128;

    private final Map<String, Place> roots = new HashMap<>();
    private final Place others = new Place("", "/");
    private int places;

    // Paths that were asked for lately, of whom, and their templates.
    private final @Nullable String[] paths = new @Nullable String[REMEMBERED];
    private final String[] services = new String[REMEMBERED];
    private final String[] templates = new String[REMEMBERED];

    /** Where a path may go on, found by its next segment. */
    private static final class Place {

        final String word;
        final String template;
        List<Place> words = new ArrayList<>(1);

        @Nullable
        Place id;

        @Nullable
        Place rest;

        boolean anyWord;

        /** Whether a path was answered that ends here. */
        boolean answered;

        Place(String word, String template) {
            this.word = word;
            this.template = template;
        }

        int size() {
            int size = 1 + (id == null ? 0 : id.size()) + (rest == null ? 0 : 1);
            for (Place child : words) {
                size += child.size();
            }
            return size;
        }
    }

    /**
     * @param service whose path it is, by any name of it that stays the same
     * @param answered whether the path is one that somebody answers; of others nothing is learned
     * @return empty where no path of the kind was ever answered, or where there are too many kinds
     */
    public String of(String service, String path, boolean answered) {
        int slot = path.hashCode() ^ service.hashCode();
        slot = (slot ^ (slot >>> 16)) & (REMEMBERED - 1);
        if (path.equals(paths[slot]) && service.equals(services[slot])) {
            return templates[slot];
        }
        String template = find(root(service), path, answered);
        if (!template.isEmpty() && path.length() <= LONGEST_REMEMBERED) {
            paths[slot] = path;
            services[slot] = service;
            templates[slot] = template;
        }
        return template;
    }

    private Place root(String service) {
        Place known = roots.get(service);
        if (known != null) {
            return known;
        }
        Place root = roots.size() < MOST_SERVICES ? new Place("", "/") : others;
        if (root != others) {
            roots.put(service, root);
        }
        return root;
    }

    private String find(Place root, String path, boolean learn) {
        Place place = root;
        int segments = 0;
        int at = start(path, 0);
        while (at < path.length()) {
            int slash = path.indexOf('/', at);
            int end = slash < 0 ? path.length() : slash;
            boolean tooDeep = ++segments > MOST_SEGMENTS;
            Place next = tooDeep ? rest(place, learn) : next(place, path, at, end, learn);
            if (next == null) {
                return "";
            }
            place = next;
            at = tooDeep ? path.length() : start(path, end);
        }
        place.answered |= learn;
        return place.answered ? place.template : "";
    }

    private static int start(String path, int from) {
        int at = from;
        while (at < path.length() && path.charAt(at) == '/') {
            at++;
        }
        return at;
    }

    private @Nullable Place next(Place place, String path, int from, int to, boolean learn) {
        if (place.anyWord || looksLikeId(path, from, to)) {
            return id(place, learn);
        }
        for (Place child : place.words) {
            if (child.word.length() == to - from && path.startsWith(child.word, from)) {
                return child;
            }
        }
        if (!learn) {
            return null;
        }
        if (place.words.size() == MOST_WORDS) {
            forgetWords(place);
            return id(place, true);
        }
        String word = path.substring(from, to);
        Place made = make(place, word, word);
        if (made != null) {
            place.words.add(made);
        }
        return made;
    }

    private void forgetWords(Place place) {
        for (Place child : place.words) {
            places -= child.size();
        }
        place.words = List.of();
        place.anyWord = true;
        Arrays.fill(paths, null);
    }

    private @Nullable Place id(Place place, boolean learn) {
        if (place.id == null && learn) {
            place.id = make(place, ID, ID);
        }
        return place.id;
    }

    private @Nullable Place rest(Place place, boolean learn) {
        if (place.rest == null && learn) {
            place.rest = make(place, REST, REST);
        }
        return place.rest;
    }

    private @Nullable Place make(Place parent, String word, String shown) {
        if (places == MOST_PLACES) {
            return null;
        }
        places++;
        String before = parent.template.endsWith("/") ? parent.template : parent.template + "/";
        return new Place(word, before + shown);
    }

    /** Numbers and dates, hexadecimal of some length, what is numbered at its end, tokens, and all that is no plain word. */
    static boolean looksLikeId(String path, int from, int to) {
        int length = to - from;
        int digits = 0;
        int hex = 0;
        int marks = 0;
        for (int i = from; i < to; i++) {
            char c = path.charAt(i);
            if (digit(c)) {
                digits++;
                hex++;
            } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
                hex++;
            } else if (c == '-' || c == '_' || c == '.' || c == '~' || c == ':') {
                marks++;
            } else if (!((c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z'))) {
                return true;
            }
        }
        if (digits == 0) {
            return length > LONGEST_WORD;
        }
        return digits + marks == length
                || (hex + marks == length && hex >= 8)
                || digits >= 4
                || length >= 20
                || numbered(path, from, to);
    }

    /** {@code item-7} and {@code p04}, but not {@code s3}, nor the version {@code v12}. */
    private static boolean numbered(String path, int from, int to) {
        int at = to;
        while (digit(path.charAt(at - 1))) {
            at--;
        }
        char before = path.charAt(at - 1);
        boolean marked = before == '-' || before == '_' || before == '.' || before == '~' || before == ':';
        boolean version = at - from == 1 && (before == 'v' || before == 'V');
        return at < to && (marked || (to - at > 1 && !version));
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }
}
