using Wharf.Linux;

namespace Wharf.Engine.Clients;

/// <summary>Who asks for files to be read where they are, docs/decisions/0012.</summary>
/// <param name="Peer">The process at the other end of the connection, as the kernel vouches.</param>
/// <param name="Descriptor">One of its descriptors, a file that it wrote the secret into.</param>
/// <param name="Secret">The same in the request: only the process that speaks to us can know both.</param>
public sealed record LocalClient(PeerCredentials Peer, int Descriptor, byte[] Secret);
