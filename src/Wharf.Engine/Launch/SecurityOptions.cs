using Wharf.Primitives;

namespace Wharf.Engine.Launch;

/// <summary>The words of <c>--security-opt</c>, read.</summary>
internal sealed record SecurityOptions
{
    public bool NoNewPrivileges { get; init; }

    /// <summary>JSON of a profile, "unconfined", or null for the daemon's default.</summary>
    public string? Seccomp { get; init; }

    /// <exception cref="WharfException">InvalidArgument naming the option.</exception>
    public static SecurityOptions Parse(IEnumerable<string>? words, EngineOptions options)
    {
        var parsed = new SecurityOptions { NoNewPrivileges = options.NoNewPrivileges };
        foreach (string word in words ?? [])
        {
            // "key:value" is the older form; a profile's JSON has colons too, so the first separator decides.
            int separator = word.AsSpan().IndexOfAny('=', ':');
            (string key, string value) = separator < 0 ? (word, "") : (word[..separator], word[(separator + 1)..]);
            switch (key)
            {
                case "no-new-privileges":
                    parsed = parsed with
                    {
                        NoNewPrivileges = value switch
                        {
                            "" or "true" or "1" => true,
                            "false" or "0" => false,
                            _ => throw WharfException.Invalid($"invalid --security-opt 2: \"{word}\""),
                        },
                    };
                    break;
                case "seccomp" when value.Length > 0:
                    parsed = parsed with { Seccomp = value == "builtin" ? null : value };
                    break;
                case "apparmor" when value.Length > 0:
                    // Without AppArmor in the kernel Docker ignores the profile; with it, a name it cannot apply is an error of the start.
                    if (value != "unconfined" && value != "docker-default" && File.Exists("/sys/kernel/security/apparmor/profiles"))
                    {
                        throw WharfException.Unsupported($"apparmor profile \"{value}\": AppArmor profiles are not supported by this build");
                    }

                    break;
                case "label" when value.Length > 0:
                    // SELinux labels have no meaning on a kernel without it, and Docker ignores them there.
                    if (value != "disable" && Directory.Exists("/sys/fs/selinux/class"))
                    {
                        throw WharfException.Unsupported($"label \"{value}\": SELinux labels are not supported by this build");
                    }

                    break;
                case "systempaths" when value == "unconfined":
                    break;
                case "writable-cgroups":
                    throw WharfException.Unsupported("--security-opt writable-cgroups is not supported by this build");
                default:
                    throw WharfException.Invalid(separator < 0 ? $"invalid --security-opt 1: \"{word}\"" : $"invalid --security-opt 2: \"{word}\"");
            }
        }

        return parsed;
    }
}
