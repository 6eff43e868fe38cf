/** What the services share: servers, calls to peers, headers handed on. */
@NullMarked
package io.tracery.shop.net;

import org.jspecify.annotations.NullMarked;
