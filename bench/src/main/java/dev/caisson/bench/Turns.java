package dev.caisson.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** One thing done by several in turn, so that the noise of the machine hits all alike. */
final class Turns implements AutoCloseable {

	private final String title;

	private final Map<String, Callable<?>> tasks = new LinkedHashMap<>();

	private final List<UnixHttp> open = new ArrayList<>();

	Turns(String title) {
		this.title = title;
	}

	/** A connection that is kept until the end of the turns. */
	UnixHttp connect(Path socket) throws IOException {
		UnixHttp connection = new UnixHttp(socket);
		this.open.add(connection);
		return connection;
	}

	void add(String name, Callable<?> task) {
		this.tasks.put(name, task);
	}

	/**
	 * Measures, and prints a line for each and what the first is faster than the others.
	 */
	Map<String, Samples> run(int warmUp, int rounds) throws Exception {
		Map<String, Samples> results = new LinkedHashMap<>();
		this.tasks.keySet().forEach((name) -> results.put(name, new Samples()));
		for (int round = -warmUp; round < rounds; round++) {
			for (Map.Entry<String, Callable<?>> task : this.tasks.entrySet()) {
				long begin = System.nanoTime();
				task.getValue().call();
				long duration = System.nanoTime() - begin;
				if (round >= 0) {
					results.get(task.getKey()).add(duration);
				}
			}
		}
		print(results);
		return results;
	}

	private void print(Map<String, Samples> results) {
		System.out.println(this.title);
		double first = results.values().iterator().next().median();
		results.forEach((name, samples) -> System.out.printf("  %-36s %9.2f %9.2f %9.2f   %.1f%n", name,
				samples.percentile(0), samples.median(), samples.percentile(90), samples.median() / first));
	}

	@Override
	public void close() throws IOException {
		for (UnixHttp each : this.open.reversed()) {
			each.close();
		}
	}

}
