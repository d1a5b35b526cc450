package dev.caisson.persistence;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import dev.caisson.persistence.container.ContainerRecord;
import dev.caisson.persistence.container.ContainerRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

class KillTests {

	private static final int KILLS = 20;

	@TempDir
	private Path dataRoot;

	@Test
	@Timeout(value = 5, unit = TimeUnit.MINUTES)
	void acknowledgedRecordsSurviveKill() throws Exception {
		Set<String> acknowledged = new HashSet<>();
		for (int round = 0; round < KILLS; round++) {
			killRightAfterAcknowledgement(round, acknowledged);
		}
		try (ConfigurableApplicationContext context = DatabaseProcess.open(this.dataRoot)) {
			assertThat(context.getBean(ContainerRecords.class).all()).extracting(ContainerRecord::name)
				.containsAll(acknowledged);
		}
	}

	private void killRightAfterAcknowledgement(int round, Set<String> acknowledged) throws Exception {
		Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(),
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-cp",
				System.getProperty("java.class.path"), DatabaseProcess.class.getName(), this.dataRoot.toString())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		try (BufferedWriter names = process.outputWriter(); BufferedReader answers = process.inputReader()) {
			assertThat(Arrays.asList(answers.readLine().split(","))).containsAll(acknowledged);
			for (int i = 0; i <= round % 4; i++) {
				String name = "round-" + round + "-" + i;
				names.write(name + "\n");
				names.flush();
				assertThat(answers.readLine()).isEqualTo(name);
				acknowledged.add(name);
			}
		}
		finally {
			process.destroyForcibly().waitFor();
		}
	}

}
