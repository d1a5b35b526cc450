/*
 * Sits in a container with CAP_SYS_PTRACE and waits for a process that is about to be
 * made in it by an exec: spy FIRST, where FIRST is a pid that the next process will have
 * or one below it. It stops the process as early as it can and prints what is to be had:
 *
 *   exe TARGET, fd TARGET, map LINE, status LINE
 *
 * then lets it go on and prints "end". A static program, so that it runs in any container.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void print_link(const char *what, const char *path)
{
	char target[4096];
	ssize_t length = readlink(path, target, sizeof(target) - 1);

	if (length >= 0) {
		target[length] = 0;
		printf("%s %s\n", what, target);
	}
}

static void print_lines(const char *what, const char *path)
{
	char line[4096];
	FILE *file = fopen(path, "r");

	while (file && fgets(line, sizeof(line), file))
		printf("%s %s", what, line);
	if (file)
		fclose(file);
}

static void print_descriptors(int pid)
{
	char path[512];
	struct dirent *entry;
	DIR *directory;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	directory = opendir(path);
	while (directory && (entry = readdir(directory))) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%s", pid, entry->d_name);
		print_link("fd", path);
	}
	if (directory)
		closedir(directory);
}

/* The pid of the process that was stopped. */
static int catch(int first)
{
	for (;;)
		for (int pid = first; pid < first + 16; pid++)
			if (pid != getpid() && ptrace(PTRACE_SEIZE, pid, 0, 0) == 0) {
				ptrace(PTRACE_INTERRUPT, pid, 0, 0);
				waitpid(pid, NULL, __WALL);
				return pid;
			}
}

int main(int argc, char **argv)
{
	char path[64];
	int pid;

	if (argc != 2)
		return 2;
	puts("ready");
	fflush(stdout);
	pid = catch(atoi(argv[1]));
	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	print_link("exe", path);
	print_descriptors(pid);
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	print_lines("map", path);
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	print_lines("status", path);
	ptrace(PTRACE_DETACH, pid, 0, 0);
	puts("end");
	return 0;
}
