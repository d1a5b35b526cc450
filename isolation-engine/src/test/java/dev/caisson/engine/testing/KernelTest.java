package dev.caisson.engine.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test, or a class of tests, that works on the real kernel. It needs root, and whatever
 * it names; without that it is skipped, saying what is lacking. With {@code CI=true} in
 * the environment a skip is a failure, except for the lack of a feature that is a
 * {@linkplain Feature#kindOfHost() kind of host}.
 * <p>
 * After each test, and after the class, the kernel is compared with what it was before:
 * mounts, links, cgroups, processes, descriptors, and files below {@link TestRoots}. What
 * is left after two seconds fails the test. On a Spring test, put this annotation first
 * and add {@code @DirtiesContext}, so that the context is closed before the comparison.
 */
@Documented
@Inherited
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith({ KernelCondition.class, LeakCheck.class })
public @interface KernelTest {

	/** What it needs besides root. */
	Feature[] needs() default {};

	/**
	 * Whether the kernel is compared after each test too, not only after the class. Not
	 * where tests share a running engine, whose pools of ready objects change all the
	 * time.
	 */
	boolean comparesEachTest() default true;

}
