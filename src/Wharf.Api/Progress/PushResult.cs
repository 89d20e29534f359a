namespace Wharf.Api.Progress;

/// <summary>The <c>aux</c> of the line that ends a push: what the tag now is.</summary>
public sealed class PushResult
{
    public string? Tag { get; set; }

    public string? Digest { get; set; }

    public long Size { get; set; }
}
