/**
 * SELinux: process and file labels, MCS pairs.
 */
@NullMarked
package dev.caisson.engine.selinux;

import org.jspecify.annotations.NullMarked;
