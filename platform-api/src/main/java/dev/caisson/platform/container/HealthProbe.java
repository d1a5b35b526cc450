package dev.caisson.platform.container;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.caisson.engine.container.Exec;
import dev.caisson.engine.container.OutputSink;
import dev.caisson.engine.linux.SignalNumber;
import dev.caisson.platform.container.definition.ExecRequest;

/** Executes the command of a health check in its container, once. */
final class HealthProbe implements OutputSink {

	/** Bytes of output that are kept, as Docker does. */
	private static final int LONGEST_OUTPUT = 4096;

	private static final int NO_EXIT = -1;

	private final ByteArrayOutputStream output = new ByteArrayOutputStream();

	private boolean cut;

	private HealthProbe() {
	}

	static Health.Probe run(ContainerExecs execs, ContainerEntry entry, HealthPlan plan) {
		Instant start = now();
		HealthProbe probe = new HealthProbe();
		try {
			Exec exec = execs.create(entry, entry.id().value(), request(plan));
			execs.start(exec, probe);
			return probe.await(exec, plan, start);
		}
		catch (RuntimeException ex) {
			return new Health.Probe(start, now(), NO_EXIT, String.valueOf(ex.getMessage()));
		}
	}

	private static ExecRequest request(HealthPlan plan) {
		return new ExecRequest(false, true, true, false, "", List.of(), plan.command(), false, "", "");
	}

	private Health.Probe await(Exec exec, HealthPlan plan, Instant start) {
		try {
			int code = exec.exit().get(plan.timeout().toNanos(), TimeUnit.NANOSECONDS).exitCode();
			return new Health.Probe(start, now(), code, text());
		}
		catch (TimeoutException ex) {
			exec.signal(SignalNumber.KILL.number());
			return new Health.Probe(start, now(), NO_EXIT,
					"Health check exceeded timeout (" + words(plan.timeout().toMillis()) + "): " + text());
		}
		catch (ExecutionException ex) {
			return new Health.Probe(start, now(), NO_EXIT, String.valueOf(ex.getCause()));
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("a probe is never interrupted", ex);
		}
	}

	/** As Go writes durations. */
	private static String words(long millis) {
		return (millis % 1000 == 0) ? millis / 1000 + "s" : (millis < 1000) ? millis + "ms" : millis / 1000.0 + "s";
	}

	private static Instant now() {
		return Clock.systemUTC().instant();
	}

	@Override
	public synchronized void output(int stream, ByteBuffer data) {
		int room = LONGEST_OUTPUT - this.output.size();
		byte[] bytes = new byte[Math.min(room, data.remaining())];
		this.cut |= bytes.length < data.remaining();
		data.get(bytes);
		this.output.writeBytes(bytes);
	}

	@Override
	public void end() {
		// the exit tells
	}

	private synchronized String text() {
		return this.output.toString(StandardCharsets.UTF_8) + (this.cut ? "..." : "");
	}

}
