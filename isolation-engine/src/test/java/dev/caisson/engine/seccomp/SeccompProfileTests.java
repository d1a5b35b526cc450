package dev.caisson.engine.seccomp;

import java.util.List;

import dev.caisson.engine.seccomp.SeccompRule.ArgumentTest;
import dev.caisson.engine.seccomp.SeccompRule.Operator;
import dev.caisson.engine.spec.Capability;
import dev.caisson.engine.spec.CapabilitySet;
import dev.caisson.engine.spec.InvalidSpecException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SeccompProfileTests {

	@Test
	void parseReadsEveryMember() {
		SeccompProfile profile = SeccompProfile.parse("""
				{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "flags": ["SECCOMP_FILTER_FLAG_LOG"],
				 "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]},
				   {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": null}],
				 "comment": "unknown members are passed over",
				 "syscalls": [{"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [
				     {"index": 0, "value": 18446744073709551615, "valueTwo": 7, "op": "SCMP_CMP_MASKED_EQ"}],
				   "includes": {"caps": ["CAP_SYS_ADMIN"], "arches": ["amd64"], "minKernel": "4.8"}, "excludes": {}},
				   {"name": "chroot", "action": "SCMP_ACT_TRACE", "errnoRet": 5, "args": null}]}
				""");
		assertThat(profile.defaultAction()).isEqualTo(SeccompAction.ERRNO);
		assertThat(profile.defaultErrno()).isEqualTo(38);
		assertThat(profile.flags()).isEqualTo(SeccompProfile.FLAG_LOG);
		SeccompRule socket = profile.rules().get(0);
		assertThat(socket.tests()).containsExactly(new ArgumentTest(0, Operator.MASKED_EQ, -1, 7));
		assertThat(socket.includes()).isEqualTo(new SeccompRule.Condition(List.of(Capability.CAP_SYS_ADMIN),
				List.of("amd64"), new KernelVersion(4, 8)));
		SeccompRule chroot = profile.rules().get(1);
		assertThat(chroot.names()).containsExactly("chroot");
		assertThat(chroot.action()).isEqualTo(SeccompAction.TRACE);
		assertThat(chroot.errno()).isEqualTo(5);
	}

	@Test
	void rulesCountByCapabilityArchitectureAndKernel() {
		SeccompRule rule = SeccompProfile.parse("""
				{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["x"], "action": "SCMP_ACT_ALLOW",
				  "includes": {"caps": ["CAP_CHOWN"], "arches": ["amd64", "x32"], "minKernel": "5.10"},
				  "excludes": {"caps": ["CAP_SYS_ADMIN"], "minKernel": "6.0"}}]}
				""").rules().getFirst();
		CapabilitySet chown = CapabilitySet.of(List.of(Capability.CAP_CHOWN));
		KernelVersion kernel = new KernelVersion(5, 10);
		assertThat(rule.countsFor(chown, "amd64", kernel)).isTrue();
		assertThat(rule.countsFor(CapabilitySet.NONE, "amd64", kernel)).isFalse();
		assertThat(rule.countsFor(CapabilitySet.ALL, "amd64", kernel)).isFalse();
		assertThat(rule.countsFor(chown, "arm64", kernel)).isFalse();
		assertThat(rule.countsFor(chown, "amd64", new KernelVersion(5, 9))).isFalse();
		assertThat(rule.countsFor(chown, "amd64", new KernelVersion(6, 1))).isFalse();
	}

	@Test
	void kernelVersionsAreReadFromReleases() {
		assertThat(KernelVersion.parse("6.1.0-18-amd64")).contains(new KernelVersion(6, 1));
		assertThat(KernelVersion.parse("4.8")).contains(new KernelVersion(4, 8));
		assertThat(KernelVersion.parse("4")).isEmpty();
		assertThat(new KernelVersion(4, 18)).isGreaterThan(new KernelVersion(4, 8));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					{"syscalls": []}                                                 | the profile has no defaultAction
					[]                                                               | the profile must be an object
					{"defaultAction": 3}                                             | defaultAction must be a string
					{"defaultAction": "ALLOW"}                                       | defaultAction is an unknown action: "ALLOW"
					{"defaultAction": "SCMP_ACT_NOTIFY"}                             | defaultAction is SCMP_ACT_NOTIFY, which is not supported
					{"defaultAction": "SCMP_ACT_LOG", "defaultErrnoRet": -1}         | defaultErrnoRet must be a number from 0 to 65535
					{"defaultAction": "SCMP_ACT_LOG", "flags": ["X"]}                | flags[0] is an unsupported flag: "X"
					{"defaultAction": "SCMP_ACT_LOG", "listenerPath": "/x"}          | listenerPath is not supported
					{"defaultAction": "SCMP_ACT_LOG", "architectures": ["X86"]}      | architectures[0] is an unknown architecture: "X86"
					{"defaultAction": "SCMP_ACT_LOG", "syscalls": {}}                | syscalls must be an array
					{"defaultAction": "SCMP_ACT_LOG", "architectures": ["SCMP_ARCH_X86"], "archMap": [{}]} | both 'architectures' and 'archMap' are specified
					""")
	void malformedProfilesAreRefused(String json, String message) {
		assertRefused(json, message);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					{"names": ["a"]}                                                          | syscalls[1] has no action
					{"names": [], "action": "SCMP_ACT_ALLOW"}                                 | syscalls[1] names no system call
					{"names": ["a"], "name": "b", "action": "SCMP_ACT_ALLOW"}                 | syscalls[1] has both 'name' and 'names'
					{"names": ["a"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 6}]}      | syscalls[1].args[0].index must be a number from 0 to 5
					{"names": ["a"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0}]}      | syscalls[1].args[0] has no op
					{"names": ["a"], "action": "SCMP_ACT_ALLOW", "args": [{"op": "EQ"}]}      | syscalls[1].args[0].op is an unknown operator: "EQ"
					{"names": ["a"], "action": "SCMP_ACT_ALLOW", "args": [{"op": "SCMP_CMP_EQ", "value": 1.5}]} | syscalls[1].args[0].value must be a number from 0 to 18446744073709551615
					{"names": ["a"], "action": "SCMP_ACT_ALLOW", "args": [{"op": "SCMP_CMP_EQ", "value": 18446744073709551616}]} | syscalls[1].args[0].value must be a number
					{"names": ["a"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["X"]}} | syscalls[1].includes.caps[0] is an unknown capability: "X"
					{"names": ["a"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "new"}} | syscalls[1].includes.minKernel is not a kernel version: "new"
					""")
	void malformedRulesAreRefused(String rule, String message) {
		assertRefused("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": ["
				+ "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\"}, " + rule + "]}", message);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "{\"defaultAction\": \"SCMP_ACT_LOG\"} x", "\0" })
	void whatIsNotJsonIsRefused(String json) {
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> SeccompProfile.parse(json))
			.withMessageStartingWith("Decoding seccomp profile failed: ");
	}

	private static void assertRefused(String json, String message) {
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> SeccompProfile.parse(json))
			.withMessageStartingWith("Decoding seccomp profile failed: " + message)
			.satisfies((ex) -> assertThat(ex.field()).isEqualTo("HostConfig.SecurityOpt"));
	}

	@Test
	void everyGroupOfTheDefaultProfileSaysWhy() {
		JsonNode profile = new JsonMapper().readTree(SeccompProfile.defaultText());
		assertThat(profile.get("syscalls")).isNotEmpty()
			.allSatisfy((group) -> assertThat(group.get("comment").stringValue()).isNotBlank());
	}

	@Test
	void noCallStandsTwiceInTheDefaultProfileUnderTheSameCondition() {
		List<String> plain = SeccompProfile.defaults()
			.rules()
			.stream()
			.filter((rule) -> rule.tests().isEmpty() && rule.includes().equals(SeccompRule.Condition.NONE))
			.flatMap((rule) -> rule.names().stream())
			.toList();
		assertThat(plain).doesNotHaveDuplicates().hasSizeGreaterThan(300);
	}

}
