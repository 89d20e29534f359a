using Wharf.Api.Containers;

namespace Wharf.Client.Answers;

/// <summary>The one thing that is wanted of a container's description where its ports are shown.</summary>
public sealed class PublishedPorts
{
    public Networks? NetworkSettings { get; set; }

    public sealed class Networks
    {
        public Dictionary<string, List<PortBinding>?>? Ports { get; set; }
    }
}
