/**
 * The service and its host: versions, kernel, storage, health. It changes nothing.
 */
@NullMarked
package dev.caisson.web.system;

import org.jspecify.annotations.NullMarked;
