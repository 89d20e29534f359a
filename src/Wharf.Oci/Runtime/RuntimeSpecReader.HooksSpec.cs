using System.Text.Json;

namespace Wharf.Oci.Runtime;

// hooks
public static partial class RuntimeSpecReader
{
    private static HooksSpec? HooksSpec(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        IReadOnlyList<HookSpec>? prestart = null;
        IReadOnlyList<HookSpec>? createRuntime = null;
        IReadOnlyList<HookSpec>? createContainer = null;
        IReadOnlyList<HookSpec>? startContainer = null;
        IReadOnlyList<HookSpec>? poststart = null;
        IReadOnlyList<HookSpec>? poststop = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "prestart"u8)) { prestart = JsonValues.List(ref json, HookSpec); }
            else if (JsonValues.IsMember(ref json, "createRuntime"u8)) { createRuntime = JsonValues.List(ref json, HookSpec); }
            else if (JsonValues.IsMember(ref json, "createContainer"u8)) { createContainer = JsonValues.List(ref json, HookSpec); }
            else if (JsonValues.IsMember(ref json, "startContainer"u8)) { startContainer = JsonValues.List(ref json, HookSpec); }
            else if (JsonValues.IsMember(ref json, "poststart"u8)) { poststart = JsonValues.List(ref json, HookSpec); }
            else if (JsonValues.IsMember(ref json, "poststop"u8)) { poststop = JsonValues.List(ref json, HookSpec); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new HooksSpec
        {
            Prestart = prestart,
            CreateRuntime = createRuntime,
            CreateContainer = createContainer,
            StartContainer = startContainer,
            Poststart = poststart,
            Poststop = poststop,
        };
    }

    private static HookSpec? HookSpec(ref Utf8JsonReader json)
    {
        if (!JsonValues.BeginObject(ref json))
        {
            return null;
        }

        string? path = null;
        IReadOnlyList<string>? args = null;
        IReadOnlyList<string>? env = null;
        int? timeout = null;
        while (JsonValues.NextMember(ref json))
        {
            if (JsonValues.IsMember(ref json, "path"u8)) { path = JsonValues.Text(ref json); }
            else if (JsonValues.IsMember(ref json, "args"u8)) { args = JsonValues.Texts(ref json); }
            else if (JsonValues.IsMember(ref json, "env"u8)) { env = JsonValues.Texts(ref json); }
            else if (JsonValues.IsMember(ref json, "timeout"u8)) { timeout = JsonValues.Int32(ref json); }
            else { JsonValues.SkipMember(ref json); }
        }

        return new HookSpec
        {
            Path = path ?? throw JsonValues.Missing("HookSpec", "path"),
            Args = args,
            Env = env,
            Timeout = timeout,
        };
    }
}
