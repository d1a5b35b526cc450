package dev.caisson.engine.testing;

import java.io.IOException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Fails a test that leaves kernel objects behind. Registered by {@link KernelTest} before
 * any other extension, so that its comparison comes after their clean-up.
 */
class LeakCheck implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

	private static final Namespace NAMESPACE = Namespace.create(LeakCheck.class);

	/** Clean-up off the critical path of a launch may take that long. */
	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private static final Duration PAUSE = Duration.ofMillis(20);

	static {
		makeDescriptorsOfTheJdk();
	}

	/** The first socket that is closed leaves the JDK a descriptor that it keeps. */
	private static void makeDescriptorsOfTheJdk() {
		try {
			SocketChannel.open(StandardProtocolFamily.UNIX).close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		remember(context);
	}

	@Override
	public void beforeEach(ExtensionContext context) {
		remember(context);
	}

	@Override
	public void afterEach(ExtensionContext context) throws InterruptedException {
		KernelTest test = AnnotationSupport
			.findAnnotation(context.getRequiredTestClass(), KernelTest.class, context.getEnclosingTestClasses())
			.orElse(null);
		if (test == null || test.comparesEachTest()) {
			compare(context);
		}
	}

	@Override
	public void afterAll(ExtensionContext context) throws InterruptedException {
		compare(context);
	}

	private static void remember(ExtensionContext context) {
		context.getStore(NAMESPACE).put(context.getUniqueId(), KernelSnapshot.take());
	}

	private static void compare(ExtensionContext context) throws InterruptedException {
		KernelSnapshot before = context.getStore(NAMESPACE).get(context.getUniqueId(), KernelSnapshot.class);
		if (before != null) {
			assertNothingNew(before, PATIENCE);
		}
	}

	static void assertNothingNew(KernelSnapshot before, Duration patience) throws InterruptedException {
		long deadline = System.nanoTime() + patience.toNanos();
		List<String> leaks = KernelSnapshot.take().since(before);
		while (!leaks.isEmpty() && System.nanoTime() < deadline) {
			Thread.sleep(PAUSE);
			leaks = KernelSnapshot.take().since(before);
		}
		if (!leaks.isEmpty()) {
			throw new AssertionError("left behind:\n  " + String.join("\n  ", leaks));
		}
	}

}
