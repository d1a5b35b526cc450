package dev.caisson.platform.container.definition;

import dev.caisson.engine.spec.InvalidSpecException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RefusalTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					"Memory":1048576                          | Minimum memory limit allowed is 6MB
					"Memory":-1                               | Minimum memory limit allowed is 6MB
					"Memory":"1g"                             | field HostConfig.Memory has a value of the wrong type
					"Memory":1.5                              | field HostConfig.Memory has a value of the wrong type
					"Memory":true                             | field HostConfig.Memory has a value of the wrong type
					"Memory":9999999999999999999999           | field HostConfig.Memory has a value of the wrong type
					"Memory":8388608,"MemoryReservation":9000000 | Minimum memory limit can not be less than memory reservation limit, see usage
					"MemorySwap":8388608                      | You should always set the Memory limit when using Memoryswap limit, see usage
					"Memory":9000000,"MemorySwap":8388608     | Minimum memoryswap limit should be larger than memory limit, see usage
					"MemorySwappiness":101                    | Invalid value: 101, valid memory swappiness range is 0-100
					"NanoCpus":-1                             | Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available
					"NanoCpus":2100000000                     | Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available
					"NanoCpus":1000000000,"CpuQuota":50000    | Conflicting options: Nano CPUs and CPU Quota cannot both be set.
					"NanoCpus":1000000000,"CpuPeriod":50000   | Conflicting options: Nano CPUs and CPU Period cannot both be set.
					"CpuQuota":10                             | CPU cfs quota can not be less than 1ms (i.e. 1000)
					"CpuPeriod":10                            | CPU cfs period can not be less than 1ms
					"CpuShares":-5                            | invalid CPU shares (-5)
					"CpusetCpus":"0-9"                        | Requested CPUs are not available - requested 0-9, available: 0-1
					"CpusetCpus":"one"                        | Invalid value one for cpusetcpus
					"BlkioWeight":5                           | Range of blkio weight is from 10 to 1000
					"BlkioDeviceReadBps":[{"Path":"sda","Rate":1}] | bad format for path: sda
					"OomScoreAdj":2000                        | Invalid value 2000, range for oom score adj is [-1000, 1000]
					"ShmSize":-1                              | SHM size can not be less than 0
					"Binds":["rel/path:/x"]                   | create rel/path: "rel/path" includes invalid characters for a local volume name
					"Binds":["./x:/x"]                        | If you intended to pass a host directory, use absolute path
					"Binds":["/a:b"]                          | invalid volume specification: '/a:b': invalid mount config for type "bind": invalid mount path: 'b' mount path must be absolute
					"Binds":["/a:/"]                          | invalid specification: destination can't be '/'
					"Binds":["/a:/x/.."]                      | invalid specification: destination can't be '/'
					"Binds":["/a:/b:ro:x"]                    | invalid volume specification: '/a:/b:ro:x'
					"Binds":["/a:/b:what"]                    | invalid mode: what
					"Binds":["/a:/b:ro,rw"]                   | invalid mode: ro,rw
					"Binds":["/a:/b:nocopy"]                  | invalid mode: nocopy
					"Binds":["vol:/b:rshared"]                | invalid mode: rshared
					"Binds":[":/b"]                           | invalid volume specification: ':/b'
					"Binds":["x:/b"]                          | volume name is too short
					"Binds":"/a:/b"                           | field HostConfig.Binds has a value of the wrong type
					"Binds":["/a:/x","/b:/x/"]                | Duplicate mount point: /x
					"Binds":["/a:/x"],"Tmpfs":{"/x":""}       | Duplicate mount point: /x
					"Tmpfs":{"x":""}                          | invalid mount path: 'x' mount path must be absolute
					"Tmpfs":{"/x":"size=lots"}                | invalid tmpfs option "size=lots"
					"Tmpfs":{"/x":"bind"}                     | invalid tmpfs option "bind"
					"Mounts":[{"Type":"magic","Target":"/x"}] | mount type unknown: "magic"
					"Mounts":[{"Type":"bind","Target":"/x"}]  | invalid mount config for type "bind": field Source must not be empty
					"Mounts":[{"Type":"bind","Source":"/x"}]  | invalid mount config for type "bind": field Target must not be empty
					"Mounts":[{"Type":"bind","Source":"x","Target":"/x"}] | invalid mount path: 'x' mount path must be absolute
					"Mounts":[{"Type":"bind","Source":"/x","Target":"/x","TmpfsOptions":{}}] | field TmpfsOptions must not be specified
					"Mounts":[{"Type":"bind","Source":"/x","Target":"/x","BindOptions":{"Propagation":"wild"}}] | invalid propagation mode: wild
					"Mounts":[{"Type":"tmpfs","Source":"/x","Target":"/x"}] | invalid mount config for type "tmpfs": field Source must not be specified
					"Mounts":[{"Type":"tmpfs","Target":"/x","TmpfsOptions":{"SizeBytes":-1}}] | TmpfsOptions.SizeBytes must not be negative
					"VolumesFrom":["nobody"]                  | No such container: nobody
					"VolumesFrom":["peer:wo"]                 | invalid mode: wo
					"VolumeDriver":"nfs"                      | error looking up volume plugin nfs: plugin "nfs" not found
					"Devices":[{"PathOnHost":"fuse"}]         | error gathering device information while adding custom device "fuse"
					"Devices":[{"PathOnHost":"/dev/fuse","CgroupPermissions":"x"}] | invalid device mode: x
					"DeviceCgroupRules":["c one rwm"]         | invalid device cgroup rule format: 'c one rwm'
					"DeviceRequests":[{"Count":-1,"Capabilities":[["gpu"]]}] | could not select device driver "" with capabilities: [[gpu]]
					"CapAdd":["flying"]                       | unknown capability: "CAP_FLYING"
					"CapDrop":["flying"]                      | unknown capability: "CAP_FLYING"
					"SecurityOpt":["magic"]                   | invalid --security-opt 1: "magic"
					"SecurityOpt":["magic=1"]                 | invalid --security-opt 2: "magic=1"
					"SecurityOpt":["no-new-privileges=maybe"] | invalid --security-opt 2: "no-new-privileges=maybe"
					"SecurityOpt":["label=colour:red"]        | bad label option "colour:red"
					"SecurityOpt":["seccomp=/some/file"]      | Decoding seccomp profile failed
					"SecurityOpt":["seccomp={}"]              | defaultAction
					"Sysctls":{"kernel.panic":"1"}            | sysctl 'kernel.panic' is not namespaced
					"Sysctls":{"net.x":"1"},"NetworkMode":"host" | not allowed as the container uses the host's network namespace
					"Ulimits":[{"Name":"nofile","Soft":2,"Hard":1}] | ulimit soft limit must be less than or equal to hard limit: 2 > 1
					"Ulimits":[{"Name":"wishes","Soft":1,"Hard":1}] | invalid ulimit type: wishes
					"PidMode":"mine"                          | invalid PID mode: mine
					"PidMode":"container:"                    | invalid PID mode: container:
					"IpcMode":"mine"                          | invalid IPC mode: mine
					"UTSMode":"container:peer"                | invalid UTS mode: container:peer
					"CgroupnsMode":"mine"                     | invalid cgroup namespace mode: mine
					"UsernsMode":"mine"                       | invalid userns mode: mine
					"UsernsMode":"private","Privileged":true  | privileged mode is incompatible with user namespaces
					"NetworkMode":"mine" | network mine not found
					"NetworkMode":"container:nobody"          | No such container: nobody
					"NetworkMode":"container:peer","Dns":["1.1.1.1"] | conflicting options: dns and the network mode
					"NetworkMode":"container:peer","ExtraHosts":["a:1.1.1.1"] | conflicting options: custom host-to-IP mapping and the network mode
					"NetworkMode":"container:peer","PortBindings":{"80/tcp":[{}]} | conflicting options: port publishing and the container type network mode
					"Dns":["one"]                             | invalid IP address: one
					"ExtraHosts":["nocolon"]                  | bad format for add-host: "nocolon"
					"ExtraHosts":["a:nowhere"]                | invalid IP address in add-host: "nowhere"
					"ExtraHosts":["a:999.1.1.1"]              | invalid IP address in add-host: "999.1.1.1"
					"RestartPolicy":{"Name":"sometimes"}      | invalid restart policy: unknown policy 'sometimes'
					"RestartPolicy":{"Name":"always","MaximumRetryCount":3} | maximum retry count can only be used with 'on-failure'
					"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":-3} | maximum retry count cannot be negative
					"RestartPolicy":{"Name":"always"},"AutoRemove":true | can't create 'AutoRemove' container with restart policy
					"LogConfig":{"Type":"syslog"}             | logger: no log driver named 'syslog' is registered
					"LogConfig":{"Config":{"max-sizes":"1"}}  | unknown log opt 'max-sizes' for json-file log driver
					"LogConfig":{"Config":{"max-size":"big"}} | invalid size: 'big'
					"LogConfig":{"Config":{"max-size":"0"}}   | max-size must be a positive number
					"LogConfig":{"Config":{"max-file":"x"}}   | 'x' is no number
					"LogConfig":{"Config":{"max-file":"2"}}   | max-file cannot be greater than 1 without max-size
					"PortBindings":{"80/icmp":[]}             | invalid port specification: "80/icmp"
					"PortBindings":{"80/tcp":[{"HostPort":"99999"}]} | invalid port specification: "99999"
					"Runtime":"kata"                          | unknown or invalid runtime name: kata
					"Isolation":"hyperv"                      | invalid isolation "hyperv" on linux
					"StorageOpt":{"size":"1g"}                | --storage-opt is supported only for
					"CgroupParent":"/mine"                    | HostConfig.CgroupParent is not supported
					"MaskedPaths":["proc"]                    | invalid path in HostConfig.MaskedPaths: 'proc' must be absolute
					""")
	void hostConfigIsRefused(String fields, String message) {
		refused("{\"HostConfig\":{" + fields + "}}", message);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					"WorkingDir":"rel"            | the working directory 'rel' is invalid, it needs to be an absolute path
					"StopSignal":"SIGNOTHING"     | invalid signal: SIGNOTHING
					"Env":["=x"]                  | invalid environment variable: =x
					"Env":[5]                     | field Env.0 has a value of the wrong type
					"Cmd":{"a":1}                 | field Cmd has a value of the wrong type
					"Tty":"yes"                   | field Tty has a value of the wrong type
					"Hostname":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" | invalid hostname
					"ExposedPorts":{"http":{}}    | invalid port specification: "http"
					"Volumes":{"data":{}}         | invalid mount path: 'data' mount path must be absolute
					"Healthcheck":{"Interval":5}  | Interval in Healthcheck cannot be less than 1ms
					"Cmd":["a\\u0000b"]           | contains a NUL byte
					"HostConfig":7                | field HostConfig has a value of the wrong type
					"Hostname":"a","HostConfig":{"NetworkMode":"container:peer"} | conflicting options: hostname and the network mode
					"Hostname":"a","HostConfig":{"UTSMode":"host"} | conflicting options: hostname and the UTS mode
					""")
	void configIsRefused(String fields, String message) {
		refused("{" + fields + "}", message);
	}

	@Test
	void whatIsNoRequestIsRefused() {
		refused("", "invalid JSON: got EOF while reading request body");
		refused("null", "config cannot be empty in order to create a container");
		refused("[]", "invalid JSON: the body must be an object");
		refused("{", "invalid JSON");
		refused("{} {}", "invalid JSON");
		refused("[".repeat(2000), "invalid JSON");
	}

	private static void refused(String body, String message) {
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> {
			Bench.translation(Bench.HOST).logSettings(Bench.define(body));
			Bench.specify(body);
		}).withMessageContaining(message);
	}

}
