/**
 * Who did what through this service, with what result: a record before and one after each
 * call that changes something or looks into a container. The calls are found by their
 * mappings, so a new endpoint is audited without knowing of it. How a log is kept is
 * persistence's business; what an endpoint does is not known here.
 */
@NullMarked
package dev.caisson.platform.audit;

import org.jspecify.annotations.NullMarked;
