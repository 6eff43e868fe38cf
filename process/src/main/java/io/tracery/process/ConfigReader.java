package io.tracery.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads YAML into a record: keys are the record's components, records nest, lists of records are walked. Keys that no
 * component has are refused with the nearest name that one has, and so is what should be a list and is none, or has an item without a value. A component without a key is null, zero or false:
 * defaults and bounds belong in the record's compact constructor, which says what is wrong by throwing
 * {@link IllegalArgumentException}.
 */
public final class ConfigReader {

    private static final ObjectMapper YAML =
            JsonMapper.builder(new YAMLFactory()).build();

    private ConfigReader() {}

    /**
     * @throws ConfigException when the file cannot be read or says something that the record does not hold; carries
     *     every problem found
     */
    public static <R extends Record> R read(Path file, Class<R> type) {
        try {
            return read(file.toString(), Files.readString(file), type);
        } catch (IOException e) {
            throw new ConfigException(file.toString(), List.of("cannot be read: " + e));
        }
    }

    static <R extends Record> R read(String source, String yaml, Class<R> type) {
        JsonNode tree;
        try {
            tree = YAML.readTree(yaml);
        } catch (JsonProcessingException e) {
            throw new ConfigException(source, List.of("is not YAML: " + oneLine(e)));
        }
        if (!tree.isObject()) {
            throw new ConfigException(source, List.of("must be a mapping of keys to values"));
        }
        List<String> problems = new ArrayList<>();
        findProblems(tree, type, "", problems);
        if (!problems.isEmpty()) {
            throw new ConfigException(source, problems);
        }
        try {
            return YAML.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            throw new ConfigException(source, List.of(oneLine(e)));
        }
    }

    private static void findProblems(JsonNode node, Type type, String path, List<String> problems) {
        if (type instanceof ParameterizedType list && List.class.equals(list.getRawType())) {
            if (!node.isArray() && !node.isNull()) {
                problems.add(path + " is no list; write [" + (node.isValueNode() ? node.asText() : "…") + "]");
            }
            for (int i = 0; node.isArray() && i < node.size(); i++) {
                String item = path + "[" + i + "]";
                if (node.get(i).isNull()) {
                    problems.add(item + " has no value; give it one or take it out of the list");
                }
                findProblems(node.get(i), list.getActualTypeArguments()[0], item, problems);
            }
        } else if (type instanceof Class<?> record && record.isRecord() && node.isObject()) {
            List<String> known = Arrays.stream(record.getRecordComponents())
                    .map(RecordComponent::getName)
                    .toList();
            node.fieldNames().forEachRemaining(key -> {
                if (!known.contains(key)) {
                    problems.add("unknown key " + below(path, key) + NearNames.suggestion(key, known));
                }
            });
            for (RecordComponent component : record.getRecordComponents()) {
                JsonNode child = node.get(component.getName());
                if (child != null) {
                    findProblems(child, component.getGenericType(), below(path, component.getName()), problems);
                }
            }
        }
    }

    private static String below(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** Where the value stands that Jackson could not take, as {@code brokers[0].port}; empty for the whole. */
    private static String path(JsonProcessingException e) {
        String path = "";
        if (e instanceof JsonMappingException mapping) {
            for (JsonMappingException.Reference step : mapping.getPath()) {
                path = step.getFieldName() == null
                        ? path + "[" + step.getIndex() + "]"
                        : below(path, step.getFieldName());
            }
        }
        return path;
    }

    private static String oneLine(JsonProcessingException e) {
        String path = path(e);
        // What is read from a tree has a path; what is no YAML has a place.
        String where = e.getLocation() == null || e.getLocation().getLineNr() < 0
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
        Throwable cause = e.getCause() instanceof IllegalArgumentException refused ? refused : e;
        String message = cause instanceof JsonProcessingException json ? json.getOriginalMessage() : cause.getMessage();
        return (path.isEmpty() ? "" : path + ": ")
                + (message == null
                        ? cause.toString()
                        : message.lines().findFirst().orElse(""))
                + where;
    }
}
