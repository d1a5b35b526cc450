package dev.caisson.platform.container;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import dev.caisson.engine.testing.BusyboxRoot;
import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.platform.testing.UnixHttp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills the service at random moments under load, {@code -Dcaisson.crash.kills} times,
 * and looks each time whether the next one knows everything that was acknowledged and
 * whether anything was left behind.
 */
@KernelTest(needs = { Feature.OVERLAY, Feature.BUSYBOX }, comparesEachTest = false)
class ServiceCrashTests {

	private static final int KILLS = Integer.getInteger("caisson.crash.kills", 4);

	private static final int CLIENTS = 20;

	/** How many changes a service acknowledges before it is killed, at most. */
	private static final int LONGEST_LIFE = 300;

	/** Nanoseconds: a busy machine may not get so far. */
	private static final long PATIENCE = 20_000_000_000L;

	@TempDir
	private Path directory;

	private final AtomicInteger acknowledged = new AtomicInteger();

	private final List<Long> starts = new ArrayList<>();

	@Test
	@Timeout(3600)
	void whatWasAcknowledgedIsKnownAfterEveryKill() throws Exception {
		Random random = new Random(KILLS);
		List<CrashClient> clients = new ArrayList<>();
		ServiceProcess service = ServiceProcess.start(this.directory);
		UnixHttp api = service.api();
		CrashCheck check = new CrashCheck(api, this.directory, ServiceProcess.CGROUP);
		int checked = 0;
		try {
			load(api);
			for (int i = 0; i < CLIENTS; i++) {
				clients.add(new CrashClient(api, i, this.acknowledged));
			}
			for (int kill = 0; kill < KILLS; kill++) {
				runUntilKilled(clients, service, 1 + random.nextInt(LONGEST_LIFE));
				long begin = System.nanoTime();
				service = ServiceProcess.start(this.directory);
				this.starts.add((System.nanoTime() - begin) / 1_000_000);
				checked += clients.stream().mapToInt((client) -> client.lives().size()).sum();
				check.check(clients);
			}
			assertThat(this.acknowledged.get()).isGreaterThan(KILLS);
			print(checked, clients);
		}
		finally {
			removeAll(service.api());
			service.close();
		}
	}

	private void runUntilKilled(List<CrashClient> clients, ServiceProcess service, int changes) throws Exception {
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<?>> running = new ArrayList<>();
			clients.forEach((client) -> running.add(threads.submit(client::run)));
			long end = System.nanoTime() + PATIENCE;
			int enough = this.acknowledged.get() + changes;
			while (this.acknowledged.get() < enough && System.nanoTime() < end) {
				Thread.sleep(1);
			}
			service.kill();
			for (Future<?> client : running) {
				client.get();
			}
		}
	}

	private void print(int checked, List<CrashClient> clients) {
		Collections.sort(this.starts);
		System.out.printf(
				"%d kills under %d clients: %d changes acknowledged, %d lives checked, %d containers at the end; "
						+ "start of the service %d ms in the median, %d ms at most%n",
				KILLS, CLIENTS, this.acknowledged.get(), checked,
				clients.stream().mapToInt((client) -> client.lives().size()).sum(),
				this.starts.get(this.starts.size() / 2), this.starts.getLast());
	}

	private static void load(UnixHttp api) throws Exception {
		ByteArrayOutputStream archive = new ByteArrayOutputStream();
		BusyboxRoot.archive(archive, "busybox:latest", BusyboxRoot.layer());
		assertThat(api.send("POST", "/images/load", "application/x-tar", archive.toByteArray()).status())
			.isEqualTo(200);
	}

	private static void removeAll(UnixHttp api) throws Exception {
		for (var container : ContainerService.JSON.readTree(api.get("/containers/json?all=1").body())) {
			api.delete("/containers/" + container.path("Id").asString() + "?force=1");
		}
	}

}
