package dev.caisson.web.network;

import java.util.Comparator;
import java.util.List;

import dev.caisson.platform.network.Members;
import dev.caisson.platform.network.Network;
import dev.caisson.platform.network.NetworkService;
import dev.caisson.web.frame.Quantity;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** The networks, each with those who are on it now. */
@Controller
final class NetworkPageController {

	private final NetworkService networks;

	private final Members members;

	NetworkPageController(NetworkService networks, Members members) {
		this.networks = networks;
		this.members = members;
	}

	@GetMapping("/ui/networks")
	String list(Model model) {
		model.addAttribute("networks",
				this.networks.all()
					.stream()
					.sorted(Comparator.comparing(Network::isPredefined).thenComparing(Network::name))
					.map(this::view)
					.toList());
		return "networks";
	}

	private View view(Network network) {
		return new View(network.name(), network.definition().driver(), network.isInternal(),
				Quantity.id(network.id().value()),
				network.definition().ipam().config().stream().map((pool) -> String.valueOf(pool.subnet())).toList(),
				this.members.of(network.id())
					.entrySet()
					.stream()
					.map((each) -> new Member(each.getKey(), each.getValue().name(), each.getValue().ipv4(),
							each.getValue().macAddress()))
					.toList());
	}

	/** A network as it is shown. */
	public record View(String name, String driver, boolean internal, String shortId, List<String> subnets,
			List<Member> members) {
	}

	/** A container on it. */
	public record Member(String id, String name, String address, String mac) {
	}

}
