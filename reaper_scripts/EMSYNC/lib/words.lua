-- The words for emotions that emsync knows (docs/emotion.md), as a set; words.LIST has the order.

local words = {}

local LIST = {
  "anger", "disgust", "fear", "joy", "sadness", "surprise", "hopeful", "happy", "cheerful",
  "magical", "playful", "triumphant", "majestic", "heroic", "curious", "excited", "epic",
  "passionate", "energetic", "urgent", "dramatic", "frantic", "restless", "nervous", "tense",
  "aggressive", "agitated", "suspenseful", "anxious", "menacing", "uneasy", "desperate",
  "ominous", "eerie", "dark", "tragic", "mysterious", "bleak", "mournful", "sombre", "gloomy",
  "lonely", "longing", "melancholic", "wistful", "cold", "solemn", "bittersweet", "reflective",
  "nostalgic", "calm", "serene", "dreamy", "peaceful", "gentle", "lyrical", "intimate", "tender",
  "noble", "warm", "romantic", "neutral",
}

for _, word in ipairs(LIST) do
  words[word] = true
end
words.LIST = LIST

return words
