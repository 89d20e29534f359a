using Wharf.Primitives;

namespace Wharf.Engine.Containers.Naming;

/// <summary>Makes up names as Docker's users know them: an adjective and the surname of somebody who found or built something.</summary>
internal static class NameGenerator
{
    private static readonly string[] Adjectives =
    [
        "able", "agile", "airy", "amber", "ample", "apt", "balmy", "bold", "boring", "brave", "breezy", "bright", "brisk", "calm", "candid", "careful",
        "cheerful", "chipper", "civil", "clear", "clever", "coastal", "cosy", "crisp", "curious", "dapper", "daring", "dazzling", "deft", "devoted", "eager", "earnest",
        "easy", "elated", "elegant", "epic", "fair", "fearless", "festive", "fleet", "fluent", "focused", "fond", "frosty", "gallant", "gentle", "gifted", "glad",
        "golden", "graceful", "grand", "happy", "hardy", "hearty", "helpful", "honest", "hopeful", "humble", "inspired", "jaunty", "jolly", "jovial", "joyful", "keen",
        "kind", "lively", "loyal", "lucid", "lucky", "mellow", "merry", "mighty", "modest", "musing", "neat", "nifty", "nimble", "noble", "patient", "peaceful",
        "playful", "plucky", "polished", "proud", "quick", "quiet", "radiant", "ready", "relaxed", "robust", "serene", "sharp", "silver", "sincere", "sleek", "smooth",
        "snug", "solid", "sparkling", "spry", "stable", "steady", "stoic", "sunny", "swift", "tender", "thirsty", "tidy", "trusting", "upbeat", "vibrant", "vigilant",
        "vivid", "warm", "wise", "witty", "wondrous", "youthful", "zealous", "zesty",
    ];

    private static readonly string[] Surnames =
    [
        "abbe", "ampere", "anning", "archimedes", "avogadro", "babbage", "bardeen", "bartik", "becquerel", "bell", "bernoulli", "bessel", "bohr", "boltzmann", "boole", "born",
        "bose", "boyle", "brahe", "brunel", "burnell", "cantor", "carson", "carver", "cavendish", "cerf", "chandrasekhar", "clarke", "copernicus", "cori", "coulomb", "curie",
        "daguerre", "dalton", "darwin", "davy", "dedekind", "descartes", "diffie", "dijkstra", "dirac", "doppler", "edison", "einstein", "elion", "engelbart", "erdos", "euclid",
        "euler", "faraday", "fermat", "fermi", "feynman", "fourier", "franklin", "fresnel", "galilei", "galois", "gauss", "germain", "gibbs", "godel", "goodall", "hamilton",
        "hamming", "harvey", "hawking", "heisenberg", "helmholtz", "herschel", "hertz", "hilbert", "hodgkin", "hooke", "hopper", "hubble", "humboldt", "huygens", "hypatia", "jackson",
        "johnson", "joliot", "joule", "kalam", "kepler", "kilby", "knuth", "kovalevskaya", "lagrange", "lamarr", "lamport", "laplace", "lavoisier", "leavitt", "leibniz", "linnaeus",
        "liskov", "lorentz", "lovelace", "mach", "maxwell", "mcclintock", "meitner", "mendel", "mendeleev", "morse", "nash", "neumann", "newton", "nightingale", "nobel", "noether",
        "ohm", "oppenheimer", "pascal", "pasteur", "pauli", "payne", "perlman", "planck", "poincare", "ptolemy", "raman", "ramanujan", "riemann", "ritchie", "roentgen", "rubin",
        "rutherford", "sagan", "schrodinger", "shannon", "sutherland", "swan", "tesla", "thompson", "torvalds", "turing", "vaughan", "volta", "watt", "wegener", "wiles", "wilson",
        "wing", "wozniak", "wright", "wu", "yalow", "yonath", "zhukovsky",
    ];

    /// <param name="attempt">From the sixth on a digit is put behind, so that a name is always found.</param>
    public static string Next(int attempt)
    {
        string name;
        do
        {
            name = $"{Adjectives[SecureRandom.Below(Adjectives.Length)]}_{Surnames[SecureRandom.Below(Surnames.Length)]}";
        }
        while (name == "boring_wozniak"); // Steve Wozniak is not boring: Docker's oldest rule

        return attempt < 6 ? name : name + SecureRandom.Below(attempt < 20 ? 10 : 1_000_000);
    }
}
