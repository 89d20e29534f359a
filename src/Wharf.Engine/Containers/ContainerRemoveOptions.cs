namespace Wharf.Engine.Containers;

/// <summary>How a container is removed.</summary>
/// <param name="Force">Kill it first if it runs.</param>
/// <param name="Volumes">Remove its anonymous volumes too.</param>
/// <param name="Link">Remove the link named, not the container.</param>
public sealed record ContainerRemoveOptions(bool Force = false, bool Volumes = false, bool Link = false);
