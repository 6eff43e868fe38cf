@NullMarked
package io.tracery.shop.service;

import org.jspecify.annotations.NullMarked;
