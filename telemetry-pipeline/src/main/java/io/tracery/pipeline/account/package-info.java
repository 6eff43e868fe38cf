/** Every stage accounts: accepted = passed + dropped by reason. */
@NullMarked
package io.tracery.pipeline.account;

import org.jspecify.annotations.NullMarked;
