namespace Wharf.Api.System;

/// <summary>Engine API 1.55, a part of its parent definition.</summary>
public sealed class SwarmInfoClusterSpecEncryptionConfig
{
    public bool AutoLockManagers { get; set; }
}
