package io.tracery.shop.service;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** The front's pages: just enough HTML to click through the shop. */
final class Pages {

    private Pages() {}

    static String home(JsonNode products) {
        StringBuilder list = new StringBuilder("<ul>");
        products.forEach(product -> list.append("<li>").append(link(product)).append("</li>"));
        return page("Kitchen things", list.append("</ul>").toString());
    }

    static String product(JsonNode product, JsonNode goesWith) {
        StringBuilder others = new StringBuilder();
        goesWith.forEach(other -> others.append("<li>").append(link(other)).append("</li>"));
        return page(text(product, "name"), """
                <p>%s</p>
                <form method="post" action="/cart"><button name="product" value="%s">Add to cart</button></form>
                <h2>Goes with</h2><ul>%s</ul>""".formatted(price(product), text(product, "id"), others));
    }

    static String cart(JsonNode items) {
        StringBuilder lines = new StringBuilder("<ul>");
        items.properties()
                .forEach(item -> lines.append("<li>%s × %d</li>"
                        .formatted(escaped(item.getKey()), item.getValue().asInt())));
        return page("Your cart", lines.append("</ul>") + """
                <form method="post" action="/checkout"><button>Buy</button></form>""");
    }

    static String order(JsonNode order) {
        return page("Thank you", "<p>Your parcel: %s</p>".formatted(text(order, "tracking")));
    }

    private static String page(String title, String body) {
        return """
                <!doctype html><html lang="en"><head><meta charset="utf-8"><title>%1$s</title></head>
                <body><h1>%1$s</h1>%2$s<p><a href="/">All products</a></p></body></html>
                """.formatted(title, body);
    }

    private static String link(JsonNode product) {
        return "<a href=\"/product/%s\">%s</a> %s"
                .formatted(text(product, "id"), text(product, "name"), price(product));
    }

    private static String price(JsonNode product) {
        return String.format(Locale.ROOT, "€ %.2f", product.path("cents").asInt() / 100.0);
    }

    private static String text(JsonNode node, String field) {
        return escaped(node.path(field).asText());
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
