/**
 * The proof of how each container is isolated: the engine's reports as clients read them,
 * sealed into the audit log at each start, exec and update, watched for drift, and judged
 * by the controls of the CIS Docker Benchmark. Events and containers come in. It must not
 * change any container.
 */
@NullMarked
package dev.caisson.platform.evidence;

import org.jspecify.annotations.NullMarked;
