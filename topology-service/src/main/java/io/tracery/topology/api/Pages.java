package io.tracery.topology.api;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ServerCacheControl;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.encoding.EncodingService;
import com.linecorp.armeria.server.file.FileService;
import com.linecorp.armeria.server.file.HttpFile;

/**
 * The pages, from the class path. Files under {@code assets} carry a hash in their names and never change; everything
 * else is asked for anew each time. A path that is no file is a place inside the application, which is one page.
 */
final class Pages {

    private static final String NO_PAGES = """
            The pages are not part of this build (it was made with -Dskip.ui).

            The API is here all the same:
              /api/graph            the service graph
              /api/graph/stream     the same, as server-sent events
              /api/health
              /search/api/services  trace search
            """;

    private final ClassLoader loader;
    private final String root;

    /** @param root folder of the class path, for example {@code /ui} */
    Pages(ClassLoader loader, String root) {
        this.loader = loader;
        this.root = root;
    }

    void bind(ServerBuilder server) {
        if (loader.getResource(root.substring(1) + "/index.html") == null) {
            server.serviceUnder(
                    "/", (context, request) -> HttpResponse.of(HttpStatus.OK, MediaType.PLAIN_TEXT_UTF_8, NO_PAGES));
            return;
        }
        FileService assets = FileService.builder(loader, root + "/assets")
                .cacheControl(ServerCacheControl.IMMUTABLE)
                .build();
        FileService files = FileService.builder(loader, root)
                .cacheControl(ServerCacheControl.REVALIDATED)
                .build();
        HttpService index = HttpFile.builder(loader, root + "/index.html")
                .cacheControl(ServerCacheControl.REVALIDATED)
                .build()
                .asService();
        server.serviceUnder("/assets", assets.decorate(EncodingService.newDecorator()));
        server.serviceUnder(
                "/",
                files.orElse((context, request) -> deepLink(index, context, request))
                        .decorate(EncodingService.newDecorator()));
    }

    private static HttpResponse deepLink(HttpService index, ServiceRequestContext context, HttpRequest request)
            throws Exception {
        String path = context.path();
        boolean file = path.indexOf('.', path.lastIndexOf('/')) >= 0;
        return file
                ? HttpResponse.of(HttpStatus.NOT_FOUND, MediaType.PLAIN_TEXT_UTF_8, "there is no file " + path + "\n")
                : index.serve(context, request);
    }
}
