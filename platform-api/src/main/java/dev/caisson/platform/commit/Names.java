package dev.caisson.platform.commit;

import java.util.List;

import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.InvalidReferenceException;
import jakarta.servlet.http.HttpServletRequest;

/** Parameters that requests for new images share. */
final class Names {

	private Names() {
	}

	/**
	 * The name that the image gets, if any.
	 * @throws InvalidReferenceException in Docker's words if it is none
	 */
	static List<ImageReference> of(String repository, String tag) {
		if (repository.isEmpty()) {
			return List.of();
		}
		ImageReference name = ImageReference.parse(tag.isEmpty() ? repository : repository + ":" + tag);
		return List.of(name.withDefaultTag());
	}

	/**
	 * Instructions that change the configuration; the parameter may come several times.
	 */
	static List<String> changes(HttpServletRequest request) {
		String[] values = request.getParameterValues("changes");
		return (values != null) ? List.of(values) : List.of();
	}

}
