/**
 * What was asked of networks. Strings come in; what they mean is the caller's business.
 */
@NullMarked
package dev.caisson.persistence.network;

import org.jspecify.annotations.NullMarked;
