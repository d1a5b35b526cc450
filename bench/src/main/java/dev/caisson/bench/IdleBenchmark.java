package dev.caisson.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.caisson.engine.container.Container;

/** What an idle container costs in memory, and what many of them cost the next start. */
final class IdleBenchmark {

	private static final int STARTS = 50;

	private IdleBenchmark() {
	}

	static void run(Path directory, List<Integer> counts) throws Exception {
		System.out.printf("%n%-28s %12s %12s %14s%n", "idle containers", "keeper KB", "heap KB", "start ms");
		try (EngineContestant engine = new EngineContestant(directory)) {
			engine.runOnce();
			List<Container> idle = new ArrayList<>();
			print(engine, 0, 0, 0);
			try {
				for (int count : counts) {
					long heapBefore = heap();
					int before = idle.size();
					while (idle.size() < count) {
						idle.add(engine.start("sleep", "100000"));
					}
					double heap = (heap() - heapBefore) / 1024.0 / (count - before);
					print(engine, count, keepers() / (double) count, heap);
				}
			}
			finally {
				for (Container container : idle) {
					container.signal(9);
					container.exit().join();
					container.remove();
				}
			}
		}
	}

	private static void print(EngineContestant engine, int count, double keeper, double heap) throws Exception {
		Samples starts = new Samples();
		for (int i = 0; i < STARTS; i++) {
			long begin = System.nanoTime();
			engine.runOnce();
			starts.add(System.nanoTime() - begin);
		}
		System.out.printf("%-28d %12.1f %12.1f %14.2f%n", count, keeper, heap, starts.median());
	}

	private static long heap() throws InterruptedException {
		for (int i = 0; i < 3; i++) {
			System.gc();
			Thread.sleep(100);
		}
		Runtime runtime = Runtime.getRuntime();
		return runtime.totalMemory() - runtime.freeMemory();
	}

	/**
	 * Proportional set size of all keepers of this process, in KB; see proc_pid_smaps(5).
	 */
	private static long keepers() {
		try (Stream<ProcessHandle> children = ProcessHandle.current().children()) {
			return children.mapToLong((child) -> keeper(child.pid())).sum();
		}
	}

	private static long keeper(long pid) {
		Path process = Path.of("/proc", Long.toString(pid));
		try {
			if (!Files.readString(process.resolve("comm")).startsWith("caisson-keeper")) {
				return 0;
			}
			return Files.readAllLines(process.resolve("smaps_rollup"))
				.stream()
				.filter((line) -> line.startsWith("Pss:"))
				.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")))
				.sum();
		}
		catch (IOException ended) {
			return 0;
		}
	}

}
