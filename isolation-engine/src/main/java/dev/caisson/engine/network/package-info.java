/**
 * Networks: bridges, veth pairs, addresses, published ports and the packet filter. A
 * container's declared endpoints come in; what is made is named for the ledger before. It
 * knows neither containers' lives nor the names' server.
 */
@NullMarked
package dev.caisson.engine.network;

import org.jspecify.annotations.NullMarked;
