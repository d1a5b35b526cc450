package dev.caisson.engine.image;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ImageReferenceTests {

	private static final String HEX = "0123456789abcdef".repeat(4);

	@ParameterizedTest
	@CsvSource({ "busybox, docker.io/library/busybox, busybox", "busybox:1, docker.io/library/busybox:1, busybox:1",
			"docker.io/library/busybox, docker.io/library/busybox, busybox",
			"index.docker.io/library/busybox:x, docker.io/library/busybox:x, busybox:x",
			"docker.io/busybox, docker.io/library/busybox, busybox", "user/app, docker.io/user/app, user/app",
			"library/a/b, docker.io/library/a/b, library/a/b",
			"host:5000/a/b:tag, host:5000/a/b:tag, host:5000/a/b:tag", "localhost/x, localhost/x, localhost/x",
			"ghcr.io/o/r, ghcr.io/o/r, ghcr.io/o/r",
			"[2001:db8::1]:5000/x:1, [2001:db8::1]:5000/x:1, [2001:db8::1]:5000/x:1", "HOST/x, HOST/x, HOST/x",
			"a__b/c--d.e_f, docker.io/a__b/c--d.e_f, a__b/c--d.e_f", "x:_T.a-b, docker.io/library/x:_T.a-b, x:_T.a-b" })
	void namesHaveACanonicalAndAFamiliarForm(String text, String canonical, String familiar) {
		ImageReference reference = ImageReference.parse(text);
		assertThat(reference.canonical()).isEqualTo(canonical);
		assertThat(reference.familiar()).isEqualTo(familiar);
		assertThat(ImageReference.parse(canonical)).isEqualTo(reference);
		assertThat(ImageReference.parse(familiar)).isEqualTo(reference);
	}

	@Test
	void nameMayHaveDigestAndTag() {
		ImageReference reference = ImageReference.parse("busybox:1@sha256:" + HEX);
		assertThat(reference.tag()).isEqualTo("1");
		assertThat(reference.digest()).isEqualTo(Digest.sha256(HEX));
		assertThat(reference.familiar()).isEqualTo("busybox:1@sha256:" + HEX);
	}

	@Test
	void tagIsLatestOnlyWhereNothingElseIsSaid() {
		assertThat(ImageReference.parse("busybox").withDefaultTag().tag()).isEqualTo("latest");
		assertThat(ImageReference.parse("busybox:1").withDefaultTag().tag()).isEqualTo("1");
		assertThat(ImageReference.parse("busybox@sha256:" + HEX).withDefaultTag().tag()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ":", "@", "a:", "a@", "/a", "a/", "a//b", "-a", "a-", "a..b", "a___b", ".a", "a b",
			"a:b c", "a:-x", "a@sha256:12", "a@md5:0123456789abcdef0123456789abcdef", "a/b:c:d", "ho st/a", "a\n",
			"a\u0000", "ä", "host_name:5000/a", "[::1/a", "a@sha256:" + "A123456789abcdef" })
	void whatIsNoNameIsRefusedInDockersWords(String text) {
		assertThatExceptionOfType(InvalidReferenceException.class).isThrownBy(() -> ImageReference.parse(text))
			.withMessage("invalid reference format");
	}

	@Test
	void upperCaseIsRefusedWithItsReason() {
		assertThatExceptionOfType(InvalidReferenceException.class).isThrownBy(() -> ImageReference.parse("user/App:1"))
			.withMessage("invalid reference format: repository name (user/App) must be lowercase");
		assertThatExceptionOfType(InvalidReferenceException.class).isThrownBy(() -> ImageReference.parse("Busybox"))
			.withMessage("invalid reference format: repository name (library/Busybox) must be lowercase");
	}

	@Test
	void idIsNoName() {
		assertThatExceptionOfType(InvalidReferenceException.class).isThrownBy(() -> ImageReference.parse(HEX))
			.withMessage("invalid repository name (" + HEX + "), cannot specify 64-byte hexadecimal strings");
	}

	@Test
	void lengthIsLimited() {
		assertThat(ImageReference.parse("a".repeat(230) + ":" + "t".repeat(128)).tag()).hasSize(128);
		assertThatExceptionOfType(InvalidReferenceException.class)
			.isThrownBy(() -> ImageReference.parse("a".repeat(300)))
			.withMessage("repository name must not be more than 255 characters");
		assertThatExceptionOfType(InvalidReferenceException.class)
			.isThrownBy(() -> ImageReference.parse("a:" + "t".repeat(129)));
		assertThatExceptionOfType(InvalidReferenceException.class)
			.isThrownBy(() -> ImageReference.parse("a-".repeat(500_000)));
	}

}
