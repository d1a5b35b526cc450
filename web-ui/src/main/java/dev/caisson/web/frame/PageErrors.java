package dev.caisson.web.frame;

import dev.caisson.engine.image.AmbiguousImageException;
import dev.caisson.engine.image.ImageNotFoundException;
import dev.caisson.engine.image.InvalidImageException;
import dev.caisson.engine.image.InvalidReferenceException;
import dev.caisson.engine.network.NetworkException;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.platform.server.ApiException;
import dev.caisson.platform.server.RequestNotes;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.servlet.ModelAndView;

/** What goes wrong on a page is told on a page, and to the audit log as everywhere. */
@ControllerAdvice(basePackages = "dev.caisson.web")
@Order(Ordered.HIGHEST_PRECEDENCE)
final class PageErrors {

	private final FrameAdvice frames;

	PageErrors(FrameAdvice frames) {
		this.frames = frames;
	}

	@ExceptionHandler
	ModelAndView known(ApiException ex, HttpServletRequest request, HttpServletResponse response) {
		return page(ex.status(), ex, request, response);
	}

	@ExceptionHandler
	ModelAndView noImage(ImageNotFoundException ex, HttpServletRequest request, HttpServletResponse response) {
		return page(404, ex, request, response);
	}

	@ExceptionHandler({ InvalidSpecException.class, InvalidReferenceException.class, AmbiguousImageException.class,
			InvalidImageException.class, IllegalArgumentException.class, NetworkException.class })
	ModelAndView invalid(RuntimeException ex, HttpServletRequest request, HttpServletResponse response) {
		return page(400, ex, request, response);
	}

	private ModelAndView page(int status, Exception ex, HttpServletRequest request, HttpServletResponse response) {
		String message = String.valueOf(ex.getMessage());
		RequestNotes.failure(message);
		RequestNotes.answering(status);
		response.setStatus(status);
		ModelAndView page = new ModelAndView("error-page");
		page.addObject("frame", this.frames.frame(request));
		page.addObject("title", title(status));
		page.addObject("message", message);
		page.addObject("status", status);
		return page;
	}

	private static String title(int status) {
		return switch (status) {
			case 400 -> "That cannot be";
			case 401, 403 -> "You may not";
			case 404 -> "Not found";
			case 409 -> "Not now";
			default -> "It did not work";
		};
	}

}
