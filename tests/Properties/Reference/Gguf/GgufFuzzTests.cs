using System.Buffers.Binary;
using Gdn.Harness;
using Gdn.Reference;
using Gdn.Reference.Gguf;
using Xunit;

namespace Gdn.Properties.Reference.Gguf;

/// <summary>
/// Damaged files, 100,000 of them: each is either read to its last tensor or refused with an <see cref="InputException"/>,
/// and neither takes more memory than its length allows.
/// </summary>
public sealed class GgufFuzzTests
{
    private const ulong Seed = 20_261_101;
    private const int Cases = 100_000;

    // An exception with its texts and trace, and the reader itself.
    private const long FixedBytes = 48 * 1024;

    // The worst case are entries of 14 bytes, each an object, a key, a value and a place in a dictionary; and Q2_K, whose
    // 84 bytes become 1024.
    private const long BytesPerByte = 64;

    // The checks that damage must reach for this test to mean something.
    private static readonly string[] Problems =
    [
        "does not start with", "has version", "is big endian", "metadata entries, but", "tensors, but", "bytes of text, but",
        "elements, but", "too early", "not valid UTF-8", "empty key", "has no name", "occurs twice", "has value type",
        "has elements of type", "array of arrays", "where a bool", "not a power of two", "dimensions, allowed",
        "in dimension", "has sizes", "not a multiple of the alignment", "beyond the end", "overlaps", "has rows of",
        "which ggml does not know",
    ];

    [Fact]
    public void Parse_DamagedFiles_AreReadOrRefusedWithinBounds()
    {
        MakeTables();
        byte[][] originals = [.. Originals()];
        var reached = new HashSet<string>();
        int accepted = 0;
        for (int i = 0; i < Cases; i++)
        {
            var random = new SeededRandom(SeededRandom.Derive(Seed, (ulong)i));
            byte[] bytes = Damage(originals[random.Next(originals.Length)], random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            string? problem;
            try
            {
                problem = Read(bytes);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {Seed}, case {i}, file {Convert.ToHexString(bytes)}", e);
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            long allowed = FixedBytes + BytesPerByte * bytes.Length;
            Assert.True(
                allocated <= allowed,
                $"seed {Seed}, case {i}: a file of {bytes.Length} bytes took {allocated} bytes, allowed {allowed}; "
                + $"result: {problem ?? "read"}; file {Convert.ToHexString(bytes)}");
            if (problem is null) accepted++;
            else if (Problems.FirstOrDefault(problem.Contains) is { } known) reached.Add(known);
        }

        Assert.Empty(Problems.Except(reached));
        Assert.InRange(accepted, Cases / 100, Cases);
    }

    // A type's tables are made when it is first read, whatever the file.
    private static void MakeTables()
    {
        foreach (GgmlTypeInfo info in GgmlTypes.Known.Select(type => GgmlTypes.Find(type)!))
            info.Dequantize?.Invoke(new byte[info.BlockBytes], new float[info.BlockElements]);
    }

    // The problem, or null where there is none.
    private static string? Read(byte[] bytes)
    {
        try
        {
            using GgufFile file = GgufFile.Parse("m.gguf", bytes);
            foreach (GgufTensor tensor in file.Tensors.Values) file.Read(tensor);
            return null;
        }
        catch (InputException e)
        {
            return e.Message;
        }
    }

    private static IEnumerable<byte[]> Originals()
    {
        var writer = new GgufWriter();
        writer.Add("general.architecture", "qwen35");
        writer.Add("general.alignment", 32u);
        writer.Add("flag", true);
        writer.Add("names", (string[])["a", "bc", "é"]);
        writer.Add("sections", (int[])[11, 11, 10, 0]);
        writer.Add("flags", new GgufValue(new[] { true, false }));
        writer.Add("big", new GgufValue(1L << 40));
        writer.Add("a", [3, 2], new float[6]);
        writer.Add("b", [256], GgmlType.Q4K, new byte[144]);
        writer.Add("c", [32, 2], GgmlType.Q80, new byte[68]);
        using var stream = new MemoryStream();
        writer.Write(stream);
        yield return stream.ToArray();

        yield return RawGguf.Start(2, 1).Entry("x", 1).Tensor("a", 0, 0, 8).Tensor("b", 1, 32, 16).Data(64).ToArray();
        yield return RawGguf.Start(0, 3).Entry("x", 1).Entry("y", 2).Text("z").U32(9).U32(10).U64(2).U64(1).U64(2).ToArray();
        yield return RawGguf.Start(0, 0).Data(100).ToArray();
    }

    private static byte[] Damage(byte[] original, SeededRandom random)
    {
        var bytes = new List<byte>(original);
        for (int times = 1 + random.Next(4); times > 0; times--)
        {
            int at = random.Next(bytes.Count + 1), length = random.Next(Math.Min(32, bytes.Count - at) + 1);
            switch (random.Next(8))
            {
                case 0: bytes.RemoveRange(at, bytes.Count - at); break;
                case 1: bytes.RemoveRange(at, length); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 3: bytes.InsertRange(at, RandomBytes(random, length)); break;
                case 4: Overwrite(bytes, at, RandomBytes(random, 1 + random.Next(4))); break;
                case 5: Overwrite(bytes, at, [(byte)random.Next(16)]); break;
                default: Overwrite(bytes, at, Number(random, bytes.Count)); break;
            }
        }

        return [.. bytes];
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] values)
    {
        for (int i = 0; i < values.Length && at + i < bytes.Count; i++) bytes[at + i] = values[i];
    }

    private static byte[] RandomBytes(SeededRandom random, int length)
    {
        var values = new byte[length];
        foreach (ref byte value in values.AsSpan()) value = (byte)random.NextUInt64();
        return values;
    }

    // A number near a power of two or the file's length, in 4 or 8 bytes.
    private static byte[] Number(SeededRandom random, int fileLength)
    {
        ulong near = random.Next(4) == 0 ? (ulong)fileLength : 1UL << random.Next(64);
        ulong value = near + (ulong)random.Next(3) - 1;
        var number = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(number, value);
        return random.Next(2) == 0 ? number : number[..4];
    }
}
