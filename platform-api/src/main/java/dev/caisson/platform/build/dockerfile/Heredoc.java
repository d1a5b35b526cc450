package dev.caisson.platform.build.dockerfile;

/**
 * A text that stands in the Dockerfile itself, {@code <<EOF} up to {@code EOF}.
 *
 * @param name the word that ends it; of a copied file also its name
 * @param descriptor the number before {@code <<}, or empty
 * @param expand whether variables in it are replaced, as they are unless the word was
 * quoted
 * @param chomp whether leading tabs are removed, {@code <<-}
 * @param content its lines, each with its end, tabs already removed
 */
public record Heredoc(String name, String descriptor, boolean expand, boolean chomp, String content) {

}
