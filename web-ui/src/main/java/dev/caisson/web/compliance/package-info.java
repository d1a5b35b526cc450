/**
 * All running containers by all controls of the CIS benchmark. It changes nothing.
 */
@NullMarked
package dev.caisson.web.compliance;

import org.jspecify.annotations.NullMarked;
