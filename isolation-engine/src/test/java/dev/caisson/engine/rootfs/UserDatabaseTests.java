package dev.caisson.engine.rootfs;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.spec.InvalidSpecException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(20)
class UserDatabaseTests {

	private static final UserDatabase USERS = new UserDatabase("""
			root:x:0:0:root:/root:/bin/sh
			www:x:33:33:www:/var/www:/bin/false
			no colon here
			:::::::
			broken:x:abc:1::/:
			huge:x:99999999999:1::/:
			1234:x:77:78::/numeric:
			relative:x:40:40::home:
			""", """
			root:x:0:
			www:x:33:
			audio:x:29:www,other
			video:x:44:www
			www2:x:33:www
			broken:x:x:www
			""");

	@TempDir
	Path root;

	@Test
	void nobodyNamedIsRoot() {
		assertThat(USERS.resolve("", List.of())).isEqualTo(new ResolvedUser(0, 0, List.of(0), "/root"));
		assertThat(USERS.resolve("0", List.of())).isEqualTo(new ResolvedUser(0, 0, List.of(0), "/root"));
	}

	@Test
	void nameBringsGroupMembershipsAndHome() {
		assertThat(USERS.resolve("www", List.of()))
			.isEqualTo(new ResolvedUser(33, 33, List.of(33, 29, 44), "/var/www"));
		assertThat(USERS.resolve("33", List.of())).isEqualTo(USERS.resolve("www", List.of()));
	}

	@Test
	void givenGroupReplacesMemberships() {
		assertThat(USERS.resolve("www:audio", List.of())).isEqualTo(new ResolvedUser(33, 29, List.of(29), "/var/www"));
		assertThat(USERS.resolve("33:5000", List.of()))
			.isEqualTo(new ResolvedUser(33, 5000, List.of(5000), "/var/www"));
	}

	@Test
	void unknownNumberIsTakenAsItIs() {
		assertThat(USERS.resolve("4711", List.of())).isEqualTo(new ResolvedUser(4711, 0, List.of(0), "/"));
		// a name of digits alone is a number
		assertThat(USERS.resolve("1234", List.of()).uid()).isEqualTo(1234);
	}

	@Test
	void additionalGroupsAreAdded() {
		assertThat(USERS.resolve("www", List.of("video", "600", "29")).groups()).containsExactly(33, 29, 44, 600);
	}

	@Test
	void relativeHomeIsNone() {
		assertThat(USERS.resolve("relative", List.of()).home()).isEqualTo("/");
	}

	@Test
	void unknownNamesAreRefusedInDockersWords() {
		assertRefused("nope", "unable to find user nope: no matching entries in passwd file");
		assertRefused("www:nope", "unable to find group nope: no matching entries in group file");
		assertRefused("huge", "unable to find user huge: no matching entries in passwd file");
		assertRefused("4294967296", "uids and gids must be in range 0-2147483647");
		assertRefused("-1", "unable to find user -1: no matching entries in passwd file");
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> USERS.resolve("", List.of("nope")))
			.withMessage("unable to find group nope: no matching entries in group file")
			.satisfies((ex) -> assertThat(ex.field()).isEqualTo("HostConfig.GroupAdd"));
	}

	@Test
	void imageWithoutUsersHasRootAlone() {
		assertThat(read().resolve("", List.of())).isEqualTo(new ResolvedUser(0, 0, List.of(0), "/"));
		assertThat(read().resolve("33:33", List.of()).uid()).isEqualTo(33);
	}

	@Test
	void linksStayInsideTheImage() throws Exception {
		Files.createDirectories(this.root.resolve("etc"));
		Files.createSymbolicLink(this.root.resolve("etc/passwd"), Path.of("/../../usr/passwd"));
		assertThat(read().resolve("0", List.of()).home()).isEqualTo("/");
		Files.createDirectories(this.root.resolve("usr"));
		Files.writeString(this.root.resolve("usr/passwd"), "me:x:5:6::/me:\n");
		assertThat(read().resolve("me", List.of())).isEqualTo(new ResolvedUser(5, 6, List.of(6), "/me"));
	}

	@Test
	void linkToTheHostsZeroIsNotFollowed() throws Exception {
		Files.createDirectories(this.root.resolve("etc"));
		Files.createSymbolicLink(this.root.resolve("etc/passwd"), Path.of("/dev/zero"));
		assertThat(read().resolve("", List.of()).home()).isEqualTo("/");
	}

	@Test
	void pipeInPlaceOfAFileIsRefusedAndDoesNotHang() throws Exception {
		Files.createDirectories(this.root.resolve("etc"));
		assertThat(new ProcessBuilder("mkfifo", this.root.resolve("etc/passwd").toString()).start().waitFor()).isZero();
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(this::read)
			.withMessageContaining("not a regular file");
	}

	@Test
	void hugeFileIsRefusedUnread() throws Exception {
		Files.createDirectories(this.root.resolve("etc"));
		try (RandomAccessFile sparse = new RandomAccessFile(this.root.resolve("etc/group").toFile(), "rw")) {
			sparse.setLength(1L << 40);
		}
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(this::read).withMessageContaining("EFBIG");
	}

	@Test
	void linksInACircleAreRefused() throws Exception {
		Files.createDirectories(this.root.resolve("etc"));
		Files.createSymbolicLink(this.root.resolve("etc/passwd"), Path.of("passwd"));
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(this::read).withMessageContaining("ELOOP");
	}

	private UserDatabase read() {
		try (Fd fd = Fd.open(this.root, Fd.O_PATH | Fd.O_DIRECTORY)) {
			return UserDatabase.read(fd);
		}
	}

	private static void assertRefused(String user, String message) {
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> USERS.resolve(user, List.of()))
			.withMessage(message);
	}

}
