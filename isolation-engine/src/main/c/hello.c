/*
 * The one program of the built-in image caisson/hello: writes a greeting and exits. Freestanding, so that the image
 * needs no libc and weighs less than a memory page or two.
 */
static const char greeting[] =
	"\n"
	"Hello from Caisson! This text was written by process 1 of a container.\n"
	"\n"
	"What has just happened:\n"
	"  1. Your client asked the Caisson service, over its socket, for a container of caisson/hello.\n"
	"  2. Caisson laid a private writable layer over the image's read-only ones and made that the root directory.\n"
	"  3. A keeper process gave the container its own namespaces and control groups, took away the capabilities\n"
	"     it does not need, and installed the system call filter.\n"
	"  4. It executed /hello, whose output travelled through a pipe to the service and from there to you.\n"
	"\n"
	"Any image in docker-archive or OCI form is welcome next: docker load -i IMAGE.tar\n"
	"\n";

#if defined(__x86_64__)
static long call(long number, long a, long b, long c)
{
	long result;
	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
	return result;
}
enum { WRITE = 1, EXIT_GROUP = 231 };
#elif defined(__aarch64__)
static long call(long number, long a, long b, long c)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	return x0;
}
enum { WRITE = 64, EXIT_GROUP = 94 };
#else
#error "caisson/hello is written for x86-64 and arm64"
#endif

__attribute__((noreturn, used)) void _start(void)
{
	const char *at = greeting;
	long left = sizeof(greeting) - 1;
	long status = 0;

	while (left > 0) {
		long written = call(WRITE, 1, (long) at, left);
		if (written <= 0) {
			status = 1;
			break;
		}
		at += written;
		left -= written;
	}
	for (;;)
		call(EXIT_GROUP, status, 0, 0);
}
