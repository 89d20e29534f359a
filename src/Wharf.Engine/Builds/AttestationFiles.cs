using System.Text;
using Microsoft.Win32.SafeHandles;
using Wharf.Build.Attestations;
using Wharf.Images.Catalog;
using Wharf.Linux;
using Wharf.Oci.Images;
using Wharf.Primitives;

namespace Wharf.Engine.Builds;

/// <summary>Attestations as files at the top of a result that is wanted as files, by the names that BuildKit gives them.</summary>
internal static class AttestationFiles
{
    private const uint Mode = 0b110_100_100;

    public static void Write(SafeFileHandle root, string prefix, IReadOnlyList<ImageAttestation> attestations, ImageConfig config)
    {
        if (prefix.Contains('/') || prefix.Contains('\0'))
        {
            throw WharfException.Invalid($"invalid attestation-prefix \"{prefix}\": it is the beginning of file names");
        }

        int bills = 0;
        foreach (ImageAttestation attestation in attestations)
        {
            string name = prefix + (attestation.PredicateType == AttestationTypes.Sbom ? (++bills == 1 ? "sbom.spdx.json" : $"sbom-{bills}.spdx.json") : attestation.PredicateType is AttestationTypes.Provenance or AttestationTypes.OldProvenance ? "provenance.json" : "");
            if (name.Length == prefix.Length)
            {
                continue; // one of another maker has no name here
            }

            // It stands above whatever the image has of that name.
            NameCalls.Unlink(root, name).ThrowUnless(Errno.ENOENT, name);
            FileCalls.OpenAt2(root, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow | OpenFlags.CloseOnExec,
                ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out SafeFileHandle file, Mode).ThrowIfError("openat2", name);
            using (file)
            {
                FileCalls.WriteAll(file, Encoding.UTF8.GetBytes(attestation.Statement.GetRawText())).ThrowIfError("write", name);
            }

            if (Rfc3339.TryParse(config.Created, out DateTimeOffset created))
            {
                var time = new TimeSpec(created.ToUnixTimeSeconds(), 0);
                NameCalls.SetTimes(root, name, time, time, AtFlags.SymlinkNoFollow).ThrowIfError("utimensat", name);
            }
        }
    }

    private static void ThrowUnless(this Errno errno, Errno expected, string name)
    {
        if (errno != expected)
        {
            errno.ThrowIfError("unlinkat", name);
        }
    }
}
