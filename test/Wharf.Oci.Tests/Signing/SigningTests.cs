using System.Diagnostics;
using System.Security.Cryptography;
using Wharf.Oci.Signing;
using Wharf.Primitives;

namespace Wharf.Oci.Tests.Signing;

public sealed class SigningTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wharf-signing-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // RFC 8032, section 7.1
    [Theory]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Ed25519_OfTheStandard_IsRight(string seed, string key, string message, string signature)
    {
        byte[] secret = Convert.FromHexString(seed), text = Convert.FromHexString(message);
        Assert.Equal(key, Convert.ToHexStringLower(Ed25519.PublicKey(secret)));
        byte[] signed = Ed25519.Sign(secret, text);
        Assert.Equal(signature, Convert.ToHexStringLower(signed));
        Assert.True(Ed25519.Verify(Convert.FromHexString(key), text, signed));
        Assert.False(Ed25519.Verify(Convert.FromHexString(key), [.. text, 1], signed));
        for (int bit = 0; bit < signed.Length * 8; bit += 37)
        {
            byte[] bad = [.. signed];
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Ed25519.Verify(Convert.FromHexString(key), text, bad), $"bit {bit}");
        }
    }

    [Fact]
    public void Ed25519_SecondFormOfASignature_IsRefused()
    {
        byte[] seed = RandomNumberGenerator.GetBytes(32), signed = Ed25519.Sign(seed, "text"u8);
        var order = System.Numerics.BigInteger.Pow(2, 252) + System.Numerics.BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);
        var s = new System.Numerics.BigInteger(signed.AsSpan(32), isUnsigned: true) + order;
        Assert.True(s.TryWriteBytes(signed.AsSpan(32), out _, isUnsigned: true));
        Assert.False(Ed25519.Verify(Ed25519.PublicKey(seed), "text"u8, signed));
    }

    [Theory]
    [InlineData("ed25519", "genpkey -algorithm ed25519")]
    [InlineData("ecdsa", "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256")]
    [InlineData("ecdsa384", "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384")]
    public void KeysOfOpenssl_SignAndVerify_BothWays(string kind, string arguments)
    {
        string key = Path.Combine(_folder, "key.pem"), pub = Path.Combine(_folder, "pub.pem"), data = Path.Combine(_folder, "data"), signature = Path.Combine(_folder, "signature");
        Openssl($"{arguments} -out {key}");
        Openssl($"pkey -in {key} -pubout -out {pub}");
        File.WriteAllText(data, "what is signed");
        using SigningKey signer = SigningKey.Read(File.ReadAllText(key), key);
        SignatureKey verifier = SignatureKey.Read(File.ReadAllText(pub), pub);
        byte[] made = signer.Sign(File.ReadAllBytes(data));
        Assert.True(verifier.Verifies(File.ReadAllBytes(data), made));
        Assert.False(verifier.Verifies("another"u8, made));
        Assert.False(verifier.Verifies(File.ReadAllBytes(data), [1, 2, 3]));
        Assert.Equal(File.ReadAllText(pub).Trim(), signer.PublicPem().Trim());
        File.WriteAllBytes(signature, made);
        Openssl(kind == "ed25519" ? $"pkeyutl -verify -pubin -inkey {pub} -rawin -in {data} -sigfile {signature}" : $"dgst -sha256 -verify {pub} -signature {signature} {data}");
        using SigningKey again = SigningKey.Read(signer.PrivatePem(), "again");
        Assert.True(verifier.Verifies(File.ReadAllBytes(data), again.Sign(File.ReadAllBytes(data))));
    }

    [Fact]
    public void Signature_OfAName_IsForItAlone()
    {
        using SigningKey key = SigningKey.NewEd25519(), other = SigningKey.NewEcdsa();
        SignatureKey[] keys = [SignatureKey.Read(key.PublicPem(), "key")];
        Digest manifest = Digest.Sha256("manifest"u8);
        SimpleSigning signature = SimpleSigning.Make("registry.example/app", manifest, key);
        Assert.Null(signature.Problem(keys, "registry.example/app", "v1", manifest));
        Assert.Equal("it is for the name registry.example/app", signature.Problem(keys, "registry.example/other", "v1", manifest));
        Assert.StartsWith("it is for sha256:", signature.Problem(keys, "registry.example/app", "v1", Digest.Sha256("x"u8)));
        Assert.Equal("it is by none of the keys", SimpleSigning.Make("registry.example/app", manifest, other).Problem(keys, "registry.example/app", "v1", manifest));
        Assert.Equal("it is for the name registry.example/app:v2", SimpleSigning.Make("registry.example/app:v2", manifest, key).Problem(keys, "registry.example/app", "v1", manifest));
    }

    private static void Openssl(string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string said = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"openssl {arguments}: {said}");
    }
}
