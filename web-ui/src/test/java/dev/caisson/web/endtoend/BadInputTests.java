package dev.caisson.web.endtoend;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What cannot be is refused at create, by a sentence that helps, and leaves no trace. */
@KernelTest
class BadInputTests {

	private static Service service;

	@BeforeAll
	static void start() throws Exception {
		service = Service.start();
	}

	@AfterAll
	static void stop() throws Exception {
		service.close();
	}

	@ParameterizedTest
	@MethodSource
	void createIsRefused(List<String> options, String sentence) throws Exception {
		List<Path> before = service.roots().files();
		String[] arguments = Stream.of(List.of("create"), options, List.of("busybox", "true"))
			.flatMap(List::stream)
			.toArray(String[]::new);
		Result result = service.docker(arguments);
		assertThat(result.status()).isNotZero();
		assertThat(result.errors()).containsIgnoringCase(sentence);
		assertThat(service.docker("ps", "-aq").output()).isEmpty();
		assertThat(service.roots().files()).isEqualTo(before);
	}

	static Stream<Arguments> createIsRefused() {
		return Stream.of(refusal("Minimum memory limit allowed is 6MB", "-m", "5m"),
				refusal("Range of CPUs is from 0.01 to", "--cpus", "-1"),
				refusal("Range of CPUs is from 0.01 to", "--cpus", "1000"),
				refusal("Minimum memoryswap limit should be larger than memory limit", "-m", "100m", "--memory-swap",
						"50m"),
				refusal("Requested CPUs are not available", "--cpuset-cpus", "4095"),
				refusal("unknown capability: \"CAP_NONSENSE\"", "--cap-add", "NONSENSE"),
				refusal("kernel.panic", "--sysctl", "kernel.panic=1"),
				refusal("/dev/no-such-device", "--device", "/dev/no-such-device"),
				refusal("Duplicate mount point: /data", "-v", "/tmp:/data", "-v", "/var:/data"),
				refusal("bind source path does not exist: /no/such", "--mount",
						"type=bind,source=/no/such,target=/data"),
				refusal("destination can't be '/'", "-v", "/tmp:/"), refusal("invalid", "--security-opt", "nonsense=1"),
				refusal("SELinux", "--security-opt", "label=type:container_t"),
				refusal("no log driver named 'nonsense'", "--log-driver", "nonsense"),
				refusal("is from 10 to 1000", "--blkio-weight", "5000"),
				refusal("no such container: nobody", "--network", "container:nobody"));
	}

	private static Arguments refusal(String sentence, String... options) {
		return Arguments.of(List.of(options), sentence);
	}

}
