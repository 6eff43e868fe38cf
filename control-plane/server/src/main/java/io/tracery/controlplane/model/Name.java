package io.tracery.controlplane.model;

/** Names an object of the mesh configuration within its kind. */
public record Name(String namespace, String name) implements Comparable<Name> {

    @Override
    public int compareTo(Name other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
