using System.Collections.Concurrent;
using System.Text;
using Wharf.Oci.Runtime;
using Wharf.Runtime.Seccomp;

namespace Wharf.Engine.Launch;

/// <summary>Filters for containers, remembered by profile and capabilities: nearly all containers share one.</summary>
internal sealed class SeccompProfiles
{
    private const int Kept = 64;

    private readonly ConcurrentDictionary<(string Profile, string Capabilities), LinuxSeccomp> _resolved = new();

    /// <param name="profileJson">Null for the built-in default.</param>
    /// <param name="capabilities">What the container holds: some rules depend on it.</param>
    /// <exception cref="Wharf.Primitives.WharfException">InvalidArgument when the profile cannot be read.</exception>
    public LinuxSeccomp Resolve(string? profileJson, IReadOnlyList<string> capabilities)
    {
        var key = (profileJson ?? "", string.Join(',', capabilities));
        if (_resolved.TryGetValue(key, out LinuxSeccomp? known))
        {
            return known;
        }

        SeccompProfile profile = profileJson is null ? SeccompProfile.Default : SeccompProfile.Parse(Encoding.UTF8.GetBytes(profileJson));
        if (_resolved.Count >= Kept)
        {
            _resolved.Clear();
        }

        return _resolved[key] = profile.Resolve(capabilities);
    }
}
