/*
 * Tries system calls with arguments that do no harm, and prints one line for each:
 * its name and the error number, 0 for success. A static program, so that it runs in any
 * container:
 *
 *   probe                 tries the calls
 *   probe load FILE       installs the filter in FILE (an array of struct sock_filter),
 *                         then tries the calls
 *   probe install FILE N  installs it in N children and prints the median of nanoseconds
 *
 * Each call is made by a child of its own, so that a filter that kills is seen too:
 * "killed" instead of a number. Bad pointers and descriptors make the kernel refuse a call
 * that the filter lets pass with something else than EPERM, provided that the caller has
 * the capability; that is how a refusal by the filter is told apart.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BAD 1L /* an address that is never mapped, a number that is never right */

struct probe {
	const char *name;
	long number;
	long args[6];
};

enum { X32 = 0x40000000 };

static const struct probe probes[] = {
	/* of the kind that a container must not have */
	{ "acct", SYS_acct, { BAD } },
	{ "add_key", SYS_add_key, { BAD, BAD, BAD, 1, -1 } },
	{ "bpf", SYS_bpf, { 9999, BAD, 1 } },
	{ "clock_adjtime", SYS_clock_adjtime, { 0, BAD } },
	{ "clock_settime", SYS_clock_settime, { 0, BAD } },
	{ "clone_newuser", SYS_clone, { 0x10000200 } }, /* with CLONE_FS: EINVAL */
	{ "clone_newns", SYS_clone, { 0x00020200 } },
	{ "clone3", SYS_clone3, { BAD, 64 } },
	{ "delete_module", SYS_delete_module, { BAD, 0 } },
	{ "fanotify_init", SYS_fanotify_init, { 0x7fffffff, 0 } },
	{ "finit_module", SYS_finit_module, { -1, BAD, 0 } },
	{ "fsconfig", SYS_fsconfig, { -1, 99, 0, 0, 0 } },
	{ "fsmount", SYS_fsmount, { -1, 0, 0 } },
	{ "fsopen", SYS_fsopen, { BAD, 0 } },
	{ "fspick", SYS_fspick, { -1, BAD, 0 } },
	{ "get_mempolicy", SYS_get_mempolicy, { 0, 0, 0, 0, 0xffff } },
	{ "init_module", SYS_init_module, { BAD, 0, BAD } },
	{ "io_uring_setup", 425, { 0, BAD } },
	{ "io_uring_enter", 426, { -1, 0, 0, 0, 0, 0 } },
	{ "io_uring_register", 427, { -1, 99, 0, 0 } },
	{ "kcmp", SYS_kcmp, { -1, -1, 99, 0, 0 } },
	{ "kexec_load", SYS_kexec_load, { 0, 99, BAD, 0xffff } },
	{ "keyctl", SYS_keyctl, { 9999 } },
	{ "lookup_dcookie", SYS_lookup_dcookie, { 0, BAD, 0 } },
	{ "lsm_list_modules", 461, { BAD, BAD, 99 } },
	{ "mbind", SYS_mbind, { BAD, 1, 99, 0, 0, 0 } },
	{ "migrate_pages", SYS_migrate_pages, { 0x7ffffffe, 1, BAD, BAD } },
	{ "mount", SYS_mount, { BAD, BAD, BAD, 0, BAD } },
	{ "mount_setattr", SYS_mount_setattr, { -1, BAD, 0, BAD, 1 } },
	{ "move_mount", SYS_move_mount, { -1, BAD, -1, BAD, 0 } },
	{ "move_pages", SYS_move_pages, { 0, 1, BAD, BAD, BAD, 0xff } },
	{ "nfsservctl", SYS_nfsservctl, { 99 } },
	{ "open_by_handle_at", SYS_open_by_handle_at, { -1, BAD, 0 } },
	{ "open_tree", SYS_open_tree, { -1, BAD, 0 } },
	{ "perf_event_open", SYS_perf_event_open, { BAD, 0, -1, -1, 0 } },
	{ "pidfd_getfd", SYS_pidfd_getfd, { -1, -1, 0 } },
	{ "pivot_root", SYS_pivot_root, { BAD, BAD } },
	{ "process_madvise", SYS_process_madvise, { -1, BAD, 1, 0, 0 } },
	{ "quotactl", SYS_quotactl, { 0, BAD, 0, BAD } },
	{ "quotactl_fd", SYS_quotactl_fd, { -1, 0, 0, BAD } },
	{ "reboot", SYS_reboot, { 0, 0, 0, 0 } },
	{ "request_key", SYS_request_key, { BAD, BAD, BAD, 0 } },
	{ "set_mempolicy", SYS_set_mempolicy, { 99, 0, 0 } },
	{ "setdomainname", SYS_setdomainname, { BAD, 1 } },
	{ "sethostname", SYS_sethostname, { BAD, 1 } },
	{ "setns", SYS_setns, { -1, 0 } },
	{ "settimeofday", SYS_settimeofday, { BAD, 0 } },
	{ "socket_alg", SYS_socket, { 38, 5, 0 } },
	{ "socket_alg_dressed", SYS_socket, { 0x100000026, 5, 0 } },
	{ "socket_vsock", SYS_socket, { 40, 1, 0 } },
	{ "swapoff", SYS_swapoff, { BAD } },
	{ "swapon", SYS_swapon, { BAD, 0 } },
	{ "syslog", SYS_syslog, { 9999, 0, 0 } },
	{ "umount2", SYS_umount2, { BAD, 0xffff } },
	{ "unshare", SYS_unshare, { 1 } },
	{ "userfaultfd", SYS_userfaultfd, { 0x7fff } },
#ifdef __x86_64__
	{ "create_module", SYS_create_module, { BAD, 0 } },
	{ "get_kernel_syms", SYS_get_kernel_syms, { BAD } },
	{ "ioperm", SYS_ioperm, { 0x100000, 1, 0 } },
	{ "iopl", SYS_iopl, { 9 } },
	{ "kexec_file_load", SYS_kexec_file_load, { -1, -1, 0, BAD, 0xffff } },
	{ "query_module", SYS_query_module, { BAD } },
	{ "sysfs", SYS_sysfs, { 99 } },
	{ "_sysctl", SYS__sysctl, { BAD } },
	{ "uselib", SYS_uselib, { BAD } },
	{ "ustat", SYS_ustat, { 0, BAD } },
	{ "x32:mount", X32 | SYS_mount, { BAD, BAD, BAD, 0, BAD } },
	{ "x32:unshare", X32 | SYS_unshare, { 1 } },
	{ "x32:bpf", X32 | SYS_bpf, { 9999, BAD, 1 } },
#endif
	/* newer than any profile */
	{ "call_9999", 9999, { 0 } },
	/* of the kind that every program needs */
	{ "capget", SYS_capget, { BAD, BAD } },
	{ "chroot", SYS_chroot, { BAD } },
	{ "clock_gettime", SYS_clock_gettime, { 0, BAD } },
	{ "clone_plain", SYS_clone, { 0x00010000 } }, /* CLONE_THREAD alone: EINVAL */
	{ "epoll_create1", SYS_epoll_create1, { 0 } },
	{ "execveat", SYS_execveat, { -1, BAD, 0, 0, 0 } },
	{ "fchmodat2", 452, { -1, BAD, 0, 0 } },
	{ "futex", SYS_futex, { BAD, 129, 1 } },
	{ "getpid", SYS_getpid, { 0 } },
	{ "getrandom", SYS_getrandom, { BAD, 1, 0 } },
	{ "io_setup", SYS_io_setup, { 1, BAD } },
	{ "ioctl", SYS_ioctl, { -1, 0, 0 } },
	{ "memfd_create", SYS_memfd_create, { BAD, 0 } },
	{ "mknodat", SYS_mknodat, { -1, BAD, 0, 0 } },
	{ "name_to_handle_at", SYS_name_to_handle_at, { -1, BAD, BAD, BAD, 0 } },
	{ "openat", SYS_openat, { -1, BAD, 0, 0 } },
	{ "personality_ask", SYS_personality, { 0xffffffff } },
	{ "prctl", SYS_prctl, { 9999 } },
	{ "process_vm_readv", SYS_process_vm_readv, { 0x7ffffffe, 0, 0, 0, 0, 0 } },
	{ "ptrace", SYS_ptrace, { 9999, 0x7ffffffe, 0, 0 } },
	{ "sched_yield", SYS_sched_yield, { 0 } },
	{ "seccomp", SYS_seccomp, { 99, 0, 0 } },
	{ "socket_inet", SYS_socket, { 2, 1, 0 } },
	{ "socket_unix", SYS_socket, { 1, 1, 0 } },
	{ "socket_netlink", SYS_socket, { 16, 3, 0 } },
	{ "statx", SYS_statx, { -1, BAD, 0, 0, BAD } },
	{ "wait4", SYS_wait4, { -1, 0, 1, 0 } },
#ifdef __x86_64__
	{ "arch_prctl", SYS_arch_prctl, { 0x1003, BAD } },
	{ "x32:getpid", X32 | SYS_getpid, { 0 } },
#endif
};

#ifdef __x86_64__
/* by number of arch/x86/entry/syscalls/syscall_32.tbl */
static const struct probe probes32[] = {
	{ "x86:bpf", 357, { 9999, BAD, 1 } },
	{ "x86:clock_adjtime64", 405, { 0, BAD } },
	{ "x86:clock_settime64", 404, { 0, BAD } },
	{ "x86:create_module", 127, { BAD, 0 } },
	{ "x86:io_uring_setup", 425, { 0, BAD } },
	{ "x86:iopl", 110, { 9 } },
	{ "x86:keyctl", 288, { 9999 } },
	{ "x86:mount", 21, { BAD, BAD, BAD, 0, BAD } },
	{ "x86:setns", 346, { -1, 0 } },
	{ "x86:socket_alg", 359, { 38, 5, 0 } },
	{ "x86:stime", 25, { BAD } },
	{ "x86:umount", 22, { BAD } },
	{ "x86:unshare", 310, { 1 } },
	{ "x86:vm86", 166, { 99, BAD } },
	{ "x86:vm86old", 113, { BAD } },
	{ "x86:getpid", 20, { 0 } },
	{ "x86:openat", 295, { -1, BAD, 0, 0 } },
	{ "x86:socket_unix", 359, { 1, 1, 0 } },
};

static long call32(const struct probe *p)
{
	long result;
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(p->number), "b"(p->args[0]), "c"(p->args[1]), "d"(p->args[2]), "S"(p->args[3]),
			   "D"(p->args[4])
			 : "r8", "r9", "r10", "r11", "memory");
	return (int)result;
}
#endif

static long call(const struct probe *p)
{
	const long *a = p->args;
	long result = syscall(p->number, a[0], a[1], a[2], a[3], a[4], a[5]);
	return result == -1 ? -errno : result;
}

static void try(const struct probe *p, long (*how)(const struct probe *))
{
	int status;
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		long result = how(p);
		_exit(result < 0 ? (int)-result : 0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child) {
		perror(p->name);
		exit(2);
	}
	if (WIFEXITED(status))
		printf("%s %d\n", p->name, WEXITSTATUS(status));
	else
		printf("%s killed\n", p->name);
}

static struct sock_filter filter[4096];

static struct sock_fprog program = { 0, filter };

static void read_filter(const char *file)
{
	int fd = open(file, O_RDONLY);
	ssize_t size = fd < 0 ? -1 : read(fd, filter, sizeof filter);
	if (size <= 0 || (size_t)size % sizeof *filter) {
		perror(file);
		exit(2);
	}
	close(fd);
	program.len = (unsigned short)((size_t)size / sizeof *filter);
}

static void install(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program)) {
		perror("seccomp");
		exit(2);
	}
}

static long nanoseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000L + now.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;
	return (x > y) - (x < y);
}

static int measure(int count)
{
	long *times = calloc((size_t)count, sizeof *times);
	for (int i = 0; times && i < count; i++) {
		int ends[2], status;
		if (pipe(ends))
			return 2;
		pid_t child = fork();
		if (child == 0) {
			long start = nanoseconds();
			install();
			long time = nanoseconds() - start;
			_exit(write(ends[1], &time, sizeof time) != sizeof time);
		}
		if (read(ends[0], &times[i], sizeof *times) != sizeof *times || waitpid(child, &status, 0) != child)
			return 2;
		close(ends[0]);
		close(ends[1]);
	}
	if (!times)
		return 2;
	qsort(times, (size_t)count, sizeof *times, ascending);
	printf("%ld\n", times[count / 2]);
	free(times);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "install") && atoi(argv[3]) > 0) {
		read_filter(argv[2]);
		return measure(atoi(argv[3]));
	}
	if (argc == 3 && !strcmp(argv[1], "load")) {
		read_filter(argv[2]);
		install();
	}
	else if (argc != 1) {
		fprintf(stderr, "usage: %s [load FILE | install FILE COUNT]\n", argv[0]);
		return 2;
	}
	for (size_t i = 0; i < sizeof probes / sizeof *probes; i++)
		try(&probes[i], call);
#ifdef __x86_64__
	for (size_t i = 0; i < sizeof probes32 / sizeof *probes32; i++)
		try(&probes32[i], call32);
#endif
	return 0;
}
