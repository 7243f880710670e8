namespace Gdn.Harness.Models;

/// <summary>
/// The alphabet of byte-level BPE: every byte is written as one printable character, itself where it is one, else a
/// character from U+0100 on.
/// </summary>
/// <remarks>Source: <c>bytes_to_unicode</c> of GPT-2's <c>encoder.py</c>.</remarks>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = MakeCharacters();

    private static readonly Dictionary<char, byte> Bytes =
        Enumerable.Range(0, 256).ToDictionary(b => Characters[b], b => (byte)b);

    /// <summary>The character of a byte.</summary>
    public static char CharacterOf(byte b) => Characters[b];

    /// <summary>The bytes that a piece stands for, or null when it is not written in this alphabet.</summary>
    public static byte[]? TryDecode(string piece)
    {
        var bytes = new byte[piece.Length];
        for (int i = 0; i < bytes.Length; i++)
            if (!Bytes.TryGetValue(piece[i], out bytes[i])) return null;
        return bytes;
    }

    private static char[] MakeCharacters()
    {
        var characters = new char[256];
        char next = '\u0100';
        for (int b = 0; b < characters.Length; b++) characters[b] = IsPrintable(b) ? (char)b : next++;
        return characters;
    }

    // Of Latin-1: neither control nor space nor soft hyphen.
    private static bool IsPrintable(int b) => b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
}
